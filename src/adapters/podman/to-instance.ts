import type { FieldDrift, Instance, InstanceState } from '../../model/instance.ts';
import type { ContainerEntry } from './container-list.ts';
import type { Inspection } from './inspection.ts';
import { LABELS, type OwnFacts } from './labels.ts';
import { networkName } from './networks.ts';

export interface InstanceParts {
  readonly managerId: string;
  readonly entry: ContainerEntry;
  readonly labels: OwnFacts;
  /** Absent for one that was never started. */
  readonly inspection?: Inspection;
  readonly drift: readonly FieldDrift[];
}

/** One container of ours as the planner sees it. Pure. */
export function toInstance(parts: InstanceParts): Instance {
  const { entry, labels, inspection, drift } = parts;
  const state = toState(inspection?.status ?? entry.state);
  const bridge = entry.labels[LABELS.bridge];
  const url = state === 'running' ? toUrl(parts) : undefined;
  return {
    id: entry.id,
    name: entry.name,
    ...labels,
    ...(entry.imageId !== '' && { imageId: withAlgorithm(entry.imageId) }),
    ...(bridge !== undefined && { bridge }),
    state,
    ...toTimes(state, inspection),
    ...(url !== undefined && { url }),
    drift,
  };
}

/** When it started, and how and when it ended where it has. */
export function toTimes(
  state: InstanceState,
  inspection: Inspection | undefined,
): Pick<Instance, 'startedAtMs' | 'exit'> {
  const { startedAtMs, finishedAtMs, exitCode: code = null } = inspection ?? {};
  const atMs = finishedAtMs ?? startedAtMs;
  return {
    ...(startedAtMs !== undefined && { startedAtMs }),
    ...(state === 'exited' && atMs !== undefined && { exit: { code, signal: null, atMs } }),
  };
}

/** Podman's word for a state in ours. */
export function toState(status: string): InstanceState {
  switch (status) {
    case 'created':
    case 'configured':
    case 'initialized':
      return 'created';
    case 'running':
    case 'stopping':
      return 'running';
    case 'paused':
      return 'paused';
    default:
      return 'exited';
  }
}

/** By the published port, or where none is published by the address in the service's own network. */
function toUrl({ managerId, entry, labels, inspection }: InstanceParts): string | undefined {
  const { service: name, spec } = labels;
  if (spec === undefined) return undefined;
  const published = entry.ports.find(({ containerPort }) => containerPort === spec.port);
  if (published !== undefined) return `http://127.0.0.1:${published.hostPort}`;
  const address = inspection?.addresses[networkName(managerId, { name, spec })];
  return address === undefined ? undefined : `http://${address}:${spec.port}`;
}

/** Podman's list leaves it out. */
export function withAlgorithm(imageId: string): string {
  return imageId.includes(':') ? imageId : `sha256:${imageId}`;
}
