import type { ApplyResult } from '../control.ts';
import type { ServiceStatus } from '../model/status.ts';

/** What `apply` waits for, seen after each pass. */
export interface Settlement {
  readonly settled: boolean;
  readonly outcome: ApplyResult['outcome'];
}

/** Whether anything is being done for a service, and whether anything ever will be. */
export interface Movement {
  isMoving(service: string): boolean;
  isOver(service: string): boolean;
}

/** Judges the services that an apply is about. A service that is gone has settled. */
export function settlementOf(services: readonly ServiceStatus[], movement: Movement): Settlement {
  const settled = services.every(
    (service) =>
      !movement.isMoving(service.name) && (isAtRest(service) || movement.isOver(service.name)),
  );
  const states = new Set(services.map(({ state }) => state));
  const late = services.some(
    ({ state, cause, rollback }) =>
      state === 'Failed' && (rollback?.kind === 'rolled-back' || cause.startsWith('not verified')),
  );
  if (states.has('Blocked')) return { settled, outcome: 'blocked' };
  if (late || states.has('CrashLoop')) return { settled, outcome: 'not-verified' };
  if (states.has('Failed') || states.has('Frozen')) return { settled, outcome: 'failed' };
  const converged = settled && services.every(isAtRest) && !states.has('Degraded');
  return { settled, outcome: converged ? 'converged' : 'not-verified' };
}

/** What serves with tools that nobody approved waits for a person. */
export function isAtRest({ state, unapprovedTools }: ServiceStatus): boolean {
  switch (state) {
    case 'Running':
    case 'NeedsAuth':
    case 'Stopped':
    case 'Paused':
    case 'Failed':
    case 'Frozen':
    case 'Blocked':
      return true;
    case 'Pending':
    case 'Starting':
    case 'Updating':
    case 'RollingBack':
    case 'CrashLoop':
    case 'Removing':
      return false;
    case 'Degraded':
      return unapprovedTools !== undefined;
  }
}
