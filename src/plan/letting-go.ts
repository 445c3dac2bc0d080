import type { Step, Wait } from '../model/plan.ts';
import type { Route } from '../model/route.ts';
import { removeInstance } from './decision.ts';
import { formatSpan } from './format-span.ts';
import type { Located } from './locate.ts';
import { isAhead } from './proving.ts';
import type { Leg, Situation, Why } from './road.ts';
import { isTarget } from './routing.ts';

/** While nobody tells of the end of a call, it is looked for so often. */
const LOOK_AGAIN_MS = 250;
/** What a router sent before it switched has reached the bridge, and is counted there. */
const UNDERWAY_MS = 1_000;

export interface Leaving extends Why {
  readonly instance: Located;
}

export const ONE_MORE = { reason: 'remove_leftover', cause: 'one more than wanted' } as const;

export interface Departure {
  readonly situation: Situation;
  readonly leaving: readonly Leaving[];
  /** As they are once the steps before are done. */
  readonly routes: readonly Route[];
}

/**
 * Instances that have lost the traffic, or are about to: open calls may end, up to the drain time; then
 * they stop and go. Those that never had any go at once.
 */
export function letGo({ situation, leaving, routes }: Departure): Leg {
  if (leaving.length === 0) return [];
  const { desired, input } = situation;
  const graceMs = desired.rollout.drainMs;
  const remove = ({ instance, reason, cause }: Leaving): readonly Step[] =>
    removeInstance(instance, { reason, cause, graceMs });
  const busy = leaving.filter(({ instance }) => isDraining(situation, instance));
  const idle = leaving.filter((one) => !busy.includes(one));
  const wait = drainedWait(
    situation,
    busy.map(({ instance }) => instance),
  );
  const closed = input.routes.ok ? routes.flatMap(closeDraining) : [];
  return [...idle.flatMap(remove), ...wait, ...closed, ...busy.flatMap(remove)];
}

/** The route stays as it is, for those that have the traffic. */
function closeDraining({ draining, ...route }: Route): readonly Step[] {
  if (!draining) return [];
  const cause = 'the last calls have ended';
  return [{ kind: 'route', route, reason: 'update_because_route_changed', cause }];
}

/** Those of the instances whose sessions go on at them meanwhile: the bridge's tell whose they are. */
export function drainingTargets(situation: Situation, leaving: readonly Located[]) {
  const busy = leaving
    .filter(({ spec }) => spec?.transport === 'stdio')
    .filter((instance) => isDraining(situation, instance))
    .filter((instance) => !isDrained(situation, instance));
  return busy.flatMap(({ name, url }) => (url === undefined ? [] : [{ instance: name, url }]));
}

/** It runs and has the traffic, or had it until the last switch. Who has lost all memory waits for any. */
function isDraining({ view }: Situation, { name, state }: Located): boolean {
  if (state !== 'running') return false;
  const { served } = view.history;
  return isTarget(view.routes, name) || !served || (served.before?.includes(name) ?? true);
}

function isDrained(situation: Situation, instance: Located): boolean {
  const { view, desired, input } = situation;
  if (isTarget(view.routes, instance.name)) return desired.rollout.drainMs === 0;
  const sinceMs = switchedAtMs(situation);
  if (!isAhead(sinceMs + desired.rollout.drainMs, desired.rollout.drainMs, input)) return true;
  const isCounted = instance.spec?.transport !== 'stdio' || input.nowMs >= sinceMs + UNDERWAY_MS;
  return isCounted && input.openCalls.get(instance.name) === 0;
}

/** Until the open calls of these have ended; nothing where they have, or had their time. */
export function drainedWait(situation: Situation, busy: readonly Located[]): Leg {
  const { view, desired, input } = situation;
  const open = busy.filter((instance) => !isDrained(situation, instance));
  if (open.length === 0) return [];
  const { drainMs } = desired.rollout;
  const wait: Omit<Wait, 'cause'> = { kind: 'wait', until: 'drained' };
  if (open.some(({ name }) => isTarget(view.routes, name))) {
    return [{ ...wait, cause: `open calls may take ${formatSpan(drainMs)} to end` }];
  }
  const counts = open.map(({ name }) => input.openCalls.get(name));
  const total = counts.reduce<number>((sum, count = 0) => sum + count, 0);
  const cause = total > 0 ? `${total} open calls may end` : 'open calls may end';
  const untilMs = switchedAtMs(situation) + drainMs;
  const lookAtMs = Math.min(untilMs, input.nowMs + LOOK_AGAIN_MS);
  const isCounted = counts.every((count) => count !== undefined);
  return [{ ...wait, cause, untilMs, ...(isCounted && { lookAtMs }) }];
}

/** When the traffic left; for who has lost all memory, the start of what has it is the earliest. */
function switchedAtMs({ view: { history, instances, routes } }: Situation): number {
  const now = instances.filter(({ name }) => isTarget(routes, name));
  return history.served?.sinceMs ?? Math.max(0, ...now.map(({ startedAtMs = 0 }) => startedAtMs));
}
