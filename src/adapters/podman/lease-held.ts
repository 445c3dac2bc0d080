import { AppError } from '../../errors.ts';
import type { Marker } from './lease-marker.ts';

/** Somebody else has the lease that is wanted. */
export function toLeaseHeld(managerId: string, other: Marker): AppError {
  return new AppError(
    'LEASE_HELD',
    `the services of manager id ${managerId} on this engine are managed by ${describeHolder(other)}`,
    { hint: 'end that process, or give this fleet an id of its own (MANAGER_ID)' },
  );
}

/** Somebody else has the lease that was held. */
export function toLeaseLost(managerId: string, other: Marker): AppError {
  return new AppError(
    'LEASE_HELD',
    `the lease of manager id ${managerId} was lost: it is held by ${describeHolder(other)} now`,
    { hint: 'two managers have the same id: end one, or give it another MANAGER_ID' },
  );
}

/** The holder of a marker, for people: what, who, where and when. */
export function describeHolder({ holder, volume, renewedAtMs }: Marker): string {
  const seen = `last seen ${new Date(renewedAtMs).toISOString()}`;
  if (holder === undefined) return `somebody whose marker ${volume} cannot be read, ${seen}`;
  const { pid, host, what, stateFolder } = holder;
  return `"${what}", process ${pid} on ${host}, state folder ${stateFolder}, ${seen}`;
}
