import { AppError } from '../errors.ts';
import type { ApplyMessage, ApplyRequest, ApplyResult, PlanRequest } from '../control.ts';
import type { PlanDocument } from '../model/plan-document.ts';
import type { ServiceStatus } from '../model/status.ts';
import { findStale } from '../plan/basis.ts';
import { allowanceChange, approvalChanges } from './approve.ts';
import type { ControlOptions, MadePlan, Seen } from './control-options.ts';
import { createErrand, WHATEVER_IS_PLANNED, type Errand } from './errand.ts';
import { readEvents } from './event-feed.ts';
import { settlementOf } from './settle.ts';

/** Beyond the longest rollout deadline of the services: time to stop, drain and remove. */
const MARGIN_MS = 30_000;

export interface ApplyControlOptions extends ControlOptions {
  readonly makePlan: (request: PlanRequest) => Promise<MadePlan>;
  readonly see: (names: PlanRequest['names']) => Promise<Seen>;
}

/** Refuses a stale plan as a whole; else approves it, and tells what happens until it has settled. */
export function createApplyControl(
  options: ApplyControlOptions,
): (request: ApplyRequest, signal: AbortSignal) => AsyncIterable<ApplyMessage> {
  return async function* apply(request, signal) {
    const { store } = options.announcements;
    const allowRemovals = request.allowRemovals ?? request.plan?.allowRemovals;
    refuseForeign(request.plan, options.managerId);
    const { plan: approved, ...made } = await lookOrPlan(options, request);
    // Right after the look: nothing moves between that and the approval.
    const stale = request.plan ? findStale(request.plan, made.world) : [];
    if (stale.length > 0) {
      yield { kind: 'result', result: { outcome: 'stale', services: [], stale } };
      return;
    }
    const approval = { by: request.by, clock: options.clock, store };
    const after = `${store.producer}/${store.lastNumber()}`;
    store.commit([
      ...(options.mode === 'approve'
        ? approvalChanges(approved, made.world.desired, approval)
        : []),
      ...(allowRemovals === undefined ? [] : [allowanceChange(allowRemovals, approval)]),
    ]);
    const names = namesOf(request, approved, made);
    const deadlineMs = deadlineOf(approved, made);
    yield* follow({ options, approved, names, after, request, deadlineMs }, signal);
  };
}

/** What is applied, with what there is now: no plan is made where one was sent. */
async function lookOrPlan(
  { see, makePlan }: ApplyControlOptions,
  { plan, names, allowRemovals }: ApplyRequest,
): Promise<Seen & { readonly plan: PlanDocument }> {
  if (plan) return { ...(await see(names)), plan };
  const made = await makePlan({
    ...(names && { names }),
    ...(allowRemovals !== undefined && { allowRemovals }),
  });
  return { ...made, plan: made.document };
}

/** Another fleet may have services of the same names. */
function refuseForeign(plan: PlanDocument | undefined, managerId: string): void {
  if (plan === undefined || plan.managerId === managerId) return;
  throw new AppError('PLAN_INVALID', `the plan was made for the manager ${plan.managerId}`, {
    hint: `this one is ${managerId}: apply it where it was made, or make a new one`,
  });
}

interface Followed {
  readonly options: ApplyControlOptions;
  readonly approved: PlanDocument;
  readonly names: ReadonlySet<string>;
  readonly after: string;
  readonly request: ApplyRequest;
  /** In steady time, which no change of the wall clock moves. */
  readonly deadlineMs: number;
}

async function* follow(followed: Followed, signal: AbortSignal): AsyncIterable<ApplyMessage> {
  const { options, names } = followed;
  const ended = new AbortController();
  const both = AbortSignal.any([signal, ended.signal]);
  const settling = Promise.allSettled([settle(followed, both)]);
  void settling.finally(() => ended.abort());
  let { after } = followed;
  const read = async function* (follows: boolean, until: AbortSignal): AsyncIterable<ApplyMessage> {
    const query = { since: after, follow: follows };
    for await (const event of readEvents(options.announcements, query, until)) {
      after = event.id;
      if (event.subject === undefined || names.has(event.subject)) yield { kind: 'event', event };
    }
  };
  try {
    yield* read(true, both);
    // What a slow reader has not read yet when all has settled.
    yield* read(false, signal);
  } finally {
    ended.abort();
  }
  const [result] = await settling;
  if (result.status === 'rejected') throw result.reason;
  // Whoever gave up waiting has no result.
  if (signal.aborted) return;
  yield { kind: 'result', result: result.value };
}

/** Where no manager runs, the work is done here, and only as long as it takes. */
async function settle(followed: Followed, signal: AbortSignal): Promise<ApplyResult> {
  const { runAlone } = followed.options;
  if (runAlone === undefined) return untilSettled(followed, WHATEVER_IS_PLANNED, signal);
  const errand = createErrand(followed.approved, followed.names);
  const ending = new AbortController();
  const until = AbortSignal.any([signal, ending.signal]);
  const settling = untilSettled(followed, errand, until);
  const running = runAlone(errand, until);
  // It ends before that only when the lease was lost.
  running.catch(() => ending.abort());
  try {
    return await settling;
  } finally {
    ending.abort();
    await running;
  }
}

/** Looks after each pass; the first one begins after the approval was written. */
async function untilSettled(
  { options, names, request, deadlineMs }: Followed,
  { isOver }: Errand,
  signal: AbortSignal,
): Promise<ApplyResult> {
  const { reconciler, wake, passes } = options;
  const movement = { isMoving: reconciler.isMoving, isOver };
  const first = passes.nextFull(signal);
  wake({ documents: true, deep: true });
  await first;
  for (;;) {
    const services = statusesOf(names, options);
    const { settled, outcome } = settlementOf(services, movement);
    const leftMs = deadlineMs - performance.now();
    if (settled || leftMs <= 0 || !request.wait || signal.aborted) {
      return { outcome: request.wait || settled ? outcome : 'begun', services, stale: [] };
    }
    await passes.next(AbortSignal.any([signal, AbortSignal.timeout(Math.ceil(leftMs))]));
  }
}

function statusesOf(
  names: ReadonlySet<string>,
  { reconciler }: ApplyControlOptions,
): readonly ServiceStatus[] {
  return [...reconciler.statuses().values()].filter(({ name }) => names.has(name));
}

/** What was asked for, else what the plan touches, else every service there is. */
function namesOf(
  request: ApplyRequest,
  { basis, changes }: PlanDocument,
  made: Seen,
): ReadonlySet<string> {
  if (request.names) return new Set(request.names);
  if (request.plan)
    return new Set([...Object.keys(basis), ...changes.map(({ service }) => service)]);
  return new Set([
    ...made.desired.services.map(({ name }) => name),
    ...made.desired.frozen.map(({ name }) => name),
    ...made.world.instances.map(({ service }) => service),
    ...changes.map(({ service }) => service),
  ]);
}

/** How long is waited for images beside the services themselves; what takes longer goes on without. */
const PULL_WAIT_MS = 600_000;

function deadlineOf({ changes }: PlanDocument, { desired }: Seen): number {
  // Of several, one is replaced after the other.
  const longest = desired.services.map(
    ({ replicas, rollout: { deadlineMs, stableForMs, drainMs } }) =>
      replicas * (deadlineMs + stableForMs + drainMs),
  );
  const pulls = changes.some(({ steps }) => steps.some(({ kind }) => kind === 'pull'));
  const pullMs = pulls ? PULL_WAIT_MS : 0;
  return performance.now() + Math.max(0, ...longest) + pullMs + MARGIN_MS;
}
