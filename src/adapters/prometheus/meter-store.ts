import type { NewEvent } from '../../model/event.ts';
import type { Intent, Outcome, StoreChange } from '../../model/journal.ts';
import type { Store } from '../../ports.ts';
import { createDriftCounter } from './count-drift.ts';
import type { Instruments } from './instruments.ts';

/** The same store; what is written of steps and events is counted once it is durable. */
export function meterStore(real: Store, instruments: Instruments): Store {
  const countStep = createStepCounter(instruments);
  const drift = createDriftCounter(instruments);

  function count(change: StoreChange): void {
    if (change.kind === 'intent' || change.kind === 'outcome') return countStep(change);
    if (change.kind === 'history-removed') return drift.forget(change.service);
    if (change.kind !== 'event') return;
    const { event } = change;
    instruments.events.inc({ type: event.type });
    countRestart(instruments, event);
    drift.count(event);
  }

  return {
    ...real,
    get producer() {
      return real.producer;
    },
    commit(changes) {
      real.commit(changes);
      for (const change of changes) count(change);
    },
  };
}

type StepChange =
  | { readonly kind: 'intent'; readonly intent: Intent }
  | { readonly kind: 'outcome'; readonly outcome: Outcome };

/** Remembers the steps that are being done: one a service. Those of an earlier life have no kind here. */
function createStepCounter({ steps, stepSeconds }: Instruments): (change: StepChange) => void {
  const open = new Map<string, Intent>();
  return (change) => {
    if (change.kind === 'intent') return void open.set(change.intent.id, change.intent);
    const { intentId, result, atMs } = change.outcome;
    const intent = open.get(intentId);
    open.delete(intentId);
    steps.inc({ kind: intent?.kind ?? 'unknown', outcome: result });
    if (!intent) return;
    stepSeconds.observe({ kind: intent.kind }, Math.max(0, atMs - intent.atMs) / 1_000);
  };
}

function countRestart({ restarts }: Instruments, { type, data }: NewEvent): void {
  if (type !== 'service.started') return;
  const cause = RESTARTS.get(data['reason']);
  if (cause !== undefined) restarts.inc({ cause });
}

const RESTARTS: ReadonlyMap<unknown, string> = new Map([
  ['restart_because_crashed', 'crashed'],
  ['restart_because_unresponsive', 'unresponsive'],
  ['restart_by_request', 'request'],
]);
