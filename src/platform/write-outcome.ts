import type { ServiceStatus } from '../model/status.ts';
import { type ContainerStatus, toContainerStatus } from './service-facts.ts';
import { isAvailable } from './status-word.ts';

/** What has become of a version that was written, when the answer about it is due. */
export type WriteOutcome =
  | { readonly kind: 'in-force' }
  /** Nothing shall run of it now. */
  | { readonly kind: 'off' }
  | { readonly kind: 'under-way'; readonly status: ContainerStatus }
  /** It will not run as things are, whatever runs instead. */
  | { readonly kind: 'failed'; readonly cause: string; readonly way: string };

export interface WriteExpectation {
  /** The manager has come to an end with it; otherwise the status may still be that of before. */
  readonly isSettled: boolean;
  /** The version before will do: nothing but running was asked for. */
  readonly mayBeOld: boolean;
}

export function toWriteOutcome(
  service: ServiceStatus,
  { isSettled, mayBeOld }: WriteExpectation,
): WriteOutcome {
  if (mayBeOld && isAvailable(service)) return { kind: 'in-force' };
  switch (service.state) {
    case 'Running':
    case 'NeedsAuth':
    case 'Degraded':
      return isSettled ? { kind: 'in-force' } : underWay(service);
    case 'Stopped':
      return isSettled ? { kind: 'off' } : underWay(service);
    case 'Pending':
    case 'Starting':
    case 'Updating':
    case 'Removing':
      return underWay(service);
    case 'RollingBack':
    case 'Failed':
    case 'CrashLoop':
    case 'Frozen':
    case 'Blocked':
    case 'Paused':
      return { kind: 'failed', cause: service.cause || service.state, way: wayOut(service) };
  }
}

/** What runs of a service that is being updated is the version before. */
function underWay(service: ServiceStatus): WriteOutcome {
  const word = toContainerStatus({ status: service });
  const isOld = word === 'running' && service.state !== 'Degraded';
  return { kind: 'under-way', status: isOld ? 'starting' : word };
}

function wayOut(service: ServiceStatus): string {
  if (service.state === 'Paused')
    return 'it stays declared, and holds once the service is unpaused';
  if (!isAvailable(service)) return 'it stays declared: correct it, or delete it';
  return 'what ran before goes on; the new version stays declared: correct it';
}
