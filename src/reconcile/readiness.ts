import type { Readiness, ReadinessCheck } from '../metrics-ports.ts';
import type { Broker, Lease, Router, Runtime, Store } from '../ports.ts';
import type { DesiredSource } from './desired-source.ts';
import type { Sight } from './sight.ts';

export interface ReadinessOptions {
  readonly store: Store;
  readonly lease: Lease;
  readonly router: Router;
  readonly runtimes: ReadonlyMap<string, Runtime>;
  readonly broker?: Broker;
  readonly source: DesiredSource;
  readonly sight: Sight;
  readonly rounds: { troubles(): readonly string[] };
  readonly delivery: { troubles(): readonly string[] };
  /** Absent where nobody works for the platform's core. */
  readonly core?: object;
  readonly coreWork: { troubles(): readonly string[] };
}

/**
 * Whether the manager does its work, by what it knows already; single services have no say in it. Without
 * the broker nothing is lost, since events wait in the store, and core is told later: both are told of, and not
 * needed.
 */
export function readReadiness(options: ReadinessOptions): Readiness {
  const { lease, router, broker, source, rounds, delivery, core, coreWork } = options;
  const checks = [
    toCheck('store', isOpen(options.store)),
    { ...toCheck('documents', source.wasRead()), ...(!source.wasRead() && WAITING) },
    toCheck('lease', !lease.lost.aborted),
    toCheck('passes', rounds.troubles().length === 0),
    ...runtimeChecks(options),
    toCheck('router', router.observe().ok),
    ...(broker ? [toExtra('broker', delivery)] : []),
    ...(core ? [toExtra('core', coreWork)] : []),
  ];
  return { isReady: checks.every(({ state, isNeeded }) => state === 'ok' || !isNeeded), checks };
}

const WAITING = { state: 'waiting' } as const;

function toCheck(name: ReadinessCheck['name'], isOk: boolean): ReadinessCheck {
  return { name, state: isOk ? 'ok' : 'failing', isNeeded: true };
}

function toExtra(
  name: ReadinessCheck['name'],
  { troubles }: { troubles(): readonly string[] },
): ReadinessCheck {
  return { ...toCheck(name, troubles().length === 0), isNeeded: false };
}

/** The manager may be asked while its store is being closed, or its disk is gone. */
function isOpen(store: Store): boolean {
  try {
    store.lastNumber();
    return true;
  } catch {
    return false;
  }
}

function runtimeChecks({ runtimes, sight }: ReadinessOptions): readonly ReadinessCheck[] {
  const seen = sight.seen();
  return [...runtimes.keys()].map((of) => ({
    ...toCheck('runtime', seen.get(of) === true),
    ...(!seen.has(of) && WAITING),
    of,
  }));
}
