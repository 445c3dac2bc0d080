import type { Desired, DesiredService } from '../model/service.ts';
import type { ServiceStatus } from '../model/status.ts';
import type { Clock } from '../ports.ts';
import { pendingStatus } from './pending-status.ts';
import { byName } from './shown.ts';

/**
 * Services that were written, or moved to another workspace, and that no pass has seen so yet: who wrote one, or is
 * of where it went, must not be told that there is none.
 */
export interface JustDeclared {
  written(service: DesiredService): void;
  deleted(name: string): void;
  /** The same list where nothing was written that is not in it. `desired` is what the documents said last. */
  addTo(statuses: readonly ServiceStatus[], desired: Desired): readonly ServiceStatus[];
}

/** So long a service is taken for written that no reading of the documents has shown yet. */
const UNREAD_MS = 10_000;

export function createJustDeclared(clock: Clock): JustDeclared {
  const waiting = new Map<string, { readonly service: DesiredService; readonly atMs: number }>();

  /** Somebody else may have taken it out, and no pass has told. */
  function forgetGone({ services }: Desired): void {
    const declared = new Set(services.map(({ name }) => name));
    for (const [name, { atMs }] of waiting) {
      if (!declared.has(name) && clock() - atMs > UNREAD_MS) waiting.delete(name);
    }
  }

  /** A pass that began before the write may end after it: only one that shows the service so has seen it. */
  function asWritten(status: ServiceStatus): ServiceStatus {
    const written = waiting.get(status.name);
    if (written === undefined) return status;
    const { workspaceId } = written.service.platform ?? {};
    if (workspaceId === status.workspace || clock() - written.atMs > UNREAD_MS) {
      waiting.delete(status.name);
      return status;
    }
    const { workspace: _former, ...others } = status;
    return { ...others, ...(workspaceId !== undefined && { workspace: workspaceId }) };
  }

  return {
    written: (service) => void waiting.set(service.name, { service, atMs: clock() }),
    deleted: (name) => void waiting.delete(name),
    addTo(statuses, desired) {
      if (waiting.size === 0) return statuses;
      const shown = statuses.map(asWritten);
      forgetGone(desired);
      if (waiting.size === 0) return statuses;
      const names = new Set(statuses.map(({ name }) => name));
      const missing = [...waiting.values()].flatMap(({ service }) =>
        names.has(service.name) ? [] : [pendingStatus(service)],
      );
      return [...shown, ...missing].toSorted(byName);
    },
  };
}
