import { randomUUID } from 'node:crypto';
import type { NewEvent } from '../model/event.ts';
import type { StoreChange } from '../model/journal.ts';
import { type Plan, type ServicePlan, stepsBeforeWait } from '../model/plan.ts';
import type { PlanInput } from '../plan/input.ts';
import type { LoopWatcher } from '../metrics-ports.ts';
import type { Store } from '../ports.ts';
import { acceptedChanges, forgottenChanges, toLatest } from './accept.ts';
import type { ApplyPorts, Motion } from './apply.ts';
import { decide } from './decide.ts';
import type { Errand } from './errand.ts';
import { createFailureTeller } from './failure-teller.ts';
import type { Gather, Look } from './gather.ts';
import { createLimitationTeller } from './limitations.ts';
import type { Wake } from './loop.ts';
import { createMoves } from './moves.ts';
import { notice, NOTHING_NOTICED } from './notice.ts';
import type { ProbeTargets } from './probe-register.ts';
import { createShown, type Shown } from './shown.ts';
import { eventOf, factsOf } from './tell.ts';
import { updateEvents } from './updates.ts';
import { verdictChanges } from './verdicts.ts';
import { workspaceOf } from './workspace-of.ts';

export interface ReconcilerOptions extends ApplyPorts {
  readonly gather: Gather;
  /** `approve`: heal towards the accepted set, let changes wait. */
  readonly mode: 'auto' | 'approve';
  readonly errand: () => Errand;
  readonly wake: (wake: Wake) => void;
  readonly onTargets: (targets: ProbeTargets, scope: Look['scope']) => void;
  readonly watcher?: LoopWatcher;
}

export interface Reconciler extends Omit<Shown, 'update'> {
  /** Observes, plans, sets services in motion; waits for none of them. Answers their alarms. */
  pass(look: Look, signal: AbortSignal): Promise<ReadonlyMap<string, number | undefined>>;
  isMoving(service: string): boolean;
  /** Resolves when no service is in motion. */
  rest(): Promise<void>;
}

export function createReconciler(options: ReconcilerOptions): Reconciler {
  const { gather, mode, store, log, wake, onTargets } = options;
  const shown = createShown();
  const tellLimitations = createLimitationTeller(log);
  const tellFailure = createFailureTeller(options);
  const moves = createMoves({ ...options, tellFailure });
  let noticed = NOTHING_NOTICED;

  async function pass(
    look: Look,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, number | undefined>> {
    // Taken before observing: what moved meanwhile was not seen at rest.
    const busy = moves.names();
    const input = await gather(look, busy, signal);
    const decided = await decide(input, mode);
    // An observation that was broken off tells nothing, and must not be told of.
    if (signal.aborted) return new Map();
    const errand = options.errand();
    const planned = decided.plan.services.filter(({ name }) => errand.has(name));
    const motions = toMotions(planned, input, errand);
    const news = notice(noticed, {
      services: decided.shown,
      problems: input.desired.problems,
      nowMs: input.nowMs,
      scope: look.scope,
      workspaceOf: (service) => workspaceOf(service, input),
    });
    const latest = toLatest(input, store.histories());
    const accepted = acceptedChanges(latest, decided);
    const verdicts = verdictChanges(planned, toVerdictFacts(input, accepted, store));
    store.commit([
      ...accepted,
      ...verdicts,
      ...forgottenChanges(latest, decided),
      ...spentChanges(decided.plan),
      ...[...news.events, ...planEvents(motions, decided.plan, input)].map(toChange),
    ]);
    noticed = news.noticed;
    // This plan was made before that was in force.
    if (mode === 'approve' && accepted.length > 0) wake({});
    shown.update(decided, look, input);
    options.watcher?.planned(planned, look.scope);
    errand.saw(planned);
    onTargets(new Map(planned.map(({ name, probes }) => [name, probes])), look.scope);
    tellLimitations(input);
    const failed = news.failed.filter(({ name }) => errand.has(name));
    for (const service of failed) void tellFailure(service, signal);
    moves.begin(planned, motions, signal);
    return alarmsOf(planned, input.nowMs);
  }

  return {
    pass,
    ...shown,
    isMoving: moves.isMoving,
    rest: moves.rest,
  };
}

function toVerdictFacts(input: PlanInput, before: readonly StoreChange[], store: Store) {
  const changed = new Map(
    before.flatMap((change) =>
      change.kind === 'history' ? [[change.service, change.history] as const] : [],
    ),
  );
  const { nowMs, desired } = input;
  const historyOf = (name: string) => changed.get(name) ?? store.histories().get(name) ?? {};
  const commit = desired.commit?.id;
  return { nowMs, historyOf, ...(commit !== undefined && { commit }) };
}

function toMotions(
  planned: readonly ServicePlan[],
  input: PlanInput,
  errand: Errand,
): readonly Motion[] {
  const planId = randomUUID();
  const desired = new Map(input.desired.services.map((service) => [service.name, service]));
  const commit = input.desired.commit?.id;
  return planned.flatMap((service) => {
    const steps = errand.allowed(service.name, stepsBeforeWait(service.road));
    if (steps.length === 0) return [];
    const wanted = desired.get(service.name);
    const facts = {
      ...factsOf(service.status),
      planId,
      ...(service.after && { revision: service.after.revision }),
      origin: wanted?.origin ?? service.status.origin,
      ...(commit !== undefined && { commit }),
    };
    return [{ facts, steps, desiredDigest: service.desiredDigest ?? '' }];
  });
}

function planEvents(motions: readonly Motion[], plan: Plan, input: PlanInput): readonly NewEvent[] {
  const updates = updateEvents(plan, input);
  const [first] = motions;
  if (!first) return updates;
  const moved = new Set(motions.map(({ facts }) => facts.service));
  const changes = plan.services
    .filter(({ name }) => moved.has(name))
    .map(({ name, change, reason, cause }) => ({ service: name, change, reason, cause }));
  const { planId, commit } = first.facts;
  const facts = { planId, ...(commit !== undefined && { commit }) };
  return [...updates, eventOf('plan.created', facts, input.nowMs, { changes })];
}

function spentChanges(plan: Plan): readonly StoreChange[] {
  const ids = [...plan.spent, ...plan.services.flatMap(({ spent }) => spent)];
  return ids.map((id) => ({ kind: 'request-spent', id }));
}

function alarmsOf(
  planned: readonly ServicePlan[],
  nowMs: number,
): ReadonlyMap<string, number | undefined> {
  return new Map(planned.map((service) => [service.name, alarmOf(service, nowMs)]));
}

/** When the first wait of the road ends by time; what is past already rings no alarm. */
function alarmOf({ status, road }: ServicePlan, nowMs: number): number | undefined {
  const wait = road.find((item) => item.kind === 'wait');
  const times = [status.untilMs, wait?.lookAtMs].filter((time) => time !== undefined);
  const ahead = times.filter((time) => time > nowMs);
  return ahead.length === 0 ? undefined : Math.min(...ahead);
}

function toChange(event: NewEvent): StoreChange {
  return { kind: 'event', event };
}
