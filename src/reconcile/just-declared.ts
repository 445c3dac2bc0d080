import { redactLabels } from '../model/redact.ts';
import type { DesiredService } from '../model/service.ts';
import type { ServiceStatus } from '../model/status.ts';
import { byName } from './shown.ts';

/** Services that were written and that no pass has seen yet: who wrote one must not be told that there is none. */
export interface JustDeclared {
  written(service: DesiredService): void;
  deleted(name: string): void;
  /** The same list where nothing was written that is not in it. */
  addTo(statuses: readonly ServiceStatus[]): readonly ServiceStatus[];
}

export function createJustDeclared(): JustDeclared {
  const waiting = new Map<string, DesiredService>();
  let seen: readonly ServiceStatus[] | undefined;

  /** A pass that began before the write may have ended after it: only what shows the service has seen it. */
  function forgetSeen(statuses: readonly ServiceStatus[]): void {
    if (seen === statuses) return;
    seen = statuses;
    for (const { name } of statuses) waiting.delete(name);
  }

  return {
    written: (service) => void waiting.set(service.name, service),
    deleted: (name) => void waiting.delete(name),
    addTo(statuses) {
      if (waiting.size === 0) return statuses;
      forgetSeen(statuses);
      const there = new Set(statuses.map(({ name }) => name));
      const missing = [...waiting.values()].filter(({ name }) => !there.has(name));
      return missing.length === 0
        ? statuses
        : [...statuses, ...missing.map(toStatus)].toSorted(byName);
    },
  };
}

function toStatus(service: DesiredService): ServiceStatus {
  const { name, runtime, origin, labels, slug, platform, auth, spec, revision } = service;
  const { workspaceId: workspace } = platform ?? {};
  return {
    name,
    state: 'Pending',
    cause: 'it was declared a moment ago',
    conditions: [],
    runtime,
    origin,
    labels: redactLabels(labels),
    ...(workspace !== undefined && { workspace }),
    ...(auth && { auth }),
    revision,
    ...(spec.image !== undefined && { image: spec.image }),
    slug,
    restarts: 0,
  };
}
