import type { ServiceHistory } from '../model/history.ts';
import type { Step, Wait } from '../model/plan.ts';
import { secretReferences } from '../model/revision.ts';
import type { DesiredService } from '../model/service.ts';
import { HEALTHY_MS, isWaiting, restartAtMs } from './backoff.ts';
import type { PlanInput } from './input.ts';
import type { Motive } from './motive.ts';
import type { SortedInstances } from './sort-instances.ts';
import { findWriter } from './strays.ts';
import type { ServiceView } from './view.ts';

/** Why the road may not be taken yet. The rest of the road stays visible behind the wait. */
export interface Hold {
  readonly kind: 'crash-loop' | 'secret' | 'second-writer';
  readonly wait: Wait;
}

interface HoldInput {
  readonly view: ServiceView;
  readonly desired: DesiredService;
  readonly sorted: SortedInstances;
  readonly motive: Motive;
  readonly making: readonly (Step | Wait)[];
  readonly input: PlanInput;
}

/** A wish of a person is not made to wait for a crash loop. */
export function holdFor(situation: HoldInput): Hold | undefined {
  if (situation.making.length === 0) return undefined;
  const hold = secretHold(situation) ?? writerHold(situation);
  if (hold || situation.motive.reason === 'restart_by_request') return hold;
  return crashHold(situation);
}

/** Somebody took our container away by its name, and it goes on to write: two writers ruin the data. */
function writerHold({ view, desired, making }: HoldInput): Hold | undefined {
  if (!making.some(({ kind }) => kind === 'start')) return undefined;
  const writer = findWriter(view.strays, desired);
  if (!writer) return undefined;
  const { stray, volume } = writer;
  const cause = `${stray.name} writes to volume ${volume} still: rename it to ${stray.before}, or remove it`;
  return { kind: 'second-writer', wait: { kind: 'wait', until: 'mended', cause } };
}

/** Nothing is made without all of its secrets; what is there is left alone. */
function secretHold({ desired, making, input }: HoldInput): Hold | undefined {
  if (!making.some(({ kind }) => kind === 'create')) return undefined;
  for (const reference of secretReferences(desired.spec)) {
    const state = input.secrets.get(reference);
    if (state?.kind === 'known') continue;
    const cause = state?.cause ?? `secret ${reference} was not looked up`;
    return { kind: 'secret', wait: { kind: 'wait', until: 'mended', cause } };
  }
  return undefined;
}

/** The first failure of a healthy instance is answered at once, the next with growing waits. */
function crashHold({ view, sorted, motive, input }: HoldInput): Hold | undefined {
  const { current } = sorted;
  if (motive.failure === undefined || !current) return undefined;
  const count = restartsInARow(view.history, current.exit?.atMs ?? input.nowMs);
  const lastMs = Math.max(current.exit?.atMs ?? 0, view.history.restarts?.lastMs ?? 0);
  const untilMs = restartAtMs({ count, lastMs });
  if (count === 0 || !isWaiting(untilMs, input.nowMs)) return undefined;
  const cause = `${motive.failure}, ${count} ${count === 1 ? 'restart' : 'restarts'} so far`;
  return { kind: 'crash-loop', wait: { kind: 'wait', until: 'back-off-ends', cause, untilMs } };
}

/** Restarts since the service last ran for ten minutes; `endMs` is when it ended or started again. */
export function restartsInARow({ restarts }: ServiceHistory, endMs: number): number {
  if (!restarts || endMs - restarts.lastMs >= HEALTHY_MS) return 0;
  return restarts.count;
}
