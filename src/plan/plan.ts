import { finish, type Parts } from '../model/parts.ts';
import type { LeftAlone, Plan, ServicePlan } from '../model/plan.ts';
import type { Request } from '../model/request.ts';
import type { PlanInput } from './input.ts';
import { newRelease } from './image.ts';
import { planService } from './plan-service.ts';
import { slugOwners } from './gated.ts';
import { isGone, volumeNotes } from './pruning.ts';
import { disappeared, removalGate } from './removal.ts';
import { strayNotes, straysOf } from './strays.ts';
import { keptVersion } from './kept-version.ts';
import { hasRequest, toViews, unclaimedOrphans, type ServiceView } from './view.ts';

/** How long `--allow-removals N`, and a removal by name whose service stays desired, may count. */
export const ALLOWANCE_MS = 600_000;
const NAMED_REMOVAL_MS = 60_000;

/** So many services are decided about in some milliseconds. */
const SERVICES_PER_PART = 50;

/** Decides everything, does nothing: same input, same plan. Total: never throws. */
export function plan(input: PlanInput): Plan {
  return finish(planInParts(input));
}

/** The same with pauses, for who must not hold up others for as long as a large fleet takes. */
export function* planInParts(input: PlanInput): Parts<Plan> {
  const views = toViews(input);
  const gone = disappeared(views);
  const gate = removalGate(input, gone, fleetSize(views));
  const fleet = { ...(gate && { gate }), owners: slugOwners(views.values()) };
  const services: ServicePlan[] = [];
  for (const view of views.values()) {
    services.push(planService(view, input, fleet));
    if (services.length % SERVICES_PER_PART === 0) yield;
  }
  const wakeAtMs = earliestWake(services, input.nowMs);
  return {
    services,
    problems: input.desired.problems,
    leftAlone: leftAloneIn(input, views, services),
    spent: spentRequests(input, views),
    ...(wakeAtMs !== undefined && { wakeAtMs }),
  };
}

function leftAloneIn(
  input: PlanInput,
  views: ReadonlyMap<string, ServiceView>,
  services: readonly ServicePlan[],
): readonly LeftAlone[] {
  const pruned = new Set(
    services.flatMap(({ road }) =>
      road.flatMap((item) => (item.kind === 'prune' ? [item.target.id] : [])),
    ),
  );
  const orphans = unclaimedOrphans(input).filter(({ id }) => !pruned.has(id));
  const isThere = (name: string): boolean => {
    const view = views.get(name);
    return view !== undefined && !isGone(view);
  };
  return [...strayNotes(straysOf(input)), ...volumeNotes(orphans, isThere)];
}

function fleetSize(views: ReadonlyMap<string, ServiceView>): number {
  return [...views.values()].filter(
    ({ desired, instances, history }) => desired || instances.length > 0 || keptVersion(history),
  ).length;
}

function earliestWake(services: readonly ServicePlan[], nowMs: number): number | undefined {
  const times = services.flatMap(({ road }) =>
    road.flatMap((item) =>
      item.kind === 'wait' && item.untilMs !== undefined && item.untilMs > nowMs
        ? [item.untilMs]
        : [],
    ),
  );
  return times.length === 0 ? undefined : times.reduce((a, b) => Math.min(a, b));
}

function spentRequests(
  input: PlanInput,
  views: ReadonlyMap<string, ServiceView>,
): readonly string[] {
  return input.requests
    .filter((request) => isSpent(request, input, views))
    .map(({ id }) => id)
    .toSorted();
}

function isSpent(
  request: Request,
  input: PlanInput,
  views: ReadonlyMap<string, ServiceView>,
): boolean {
  // Far ahead of the clock is as old: the clock was set back meanwhile.
  const ageMs = Math.abs(input.nowMs - request.atMs);
  if (request.kind === 'allow-removals') return ageMs > ALLOWANCE_MS;
  const view = views.get(request.service);
  if (!view) return seesAll(input) && (ageMs > NAMED_REMOVAL_MS || isDone(request, input));
  if (request.kind === 'pin') return isPinOver(request, view, input);
  const stays = request.kind === 'remove' || request.kind === 'forget';
  return stays && view.desired !== undefined && ageMs > NAMED_REMOVAL_MS;
}

/** Its document is another one than then, or asks for just that; somebody went elsewhere since; nobody knows it. */
function isPinOver(
  pin: Request & { readonly kind: 'pin' },
  view: ServiceView,
  input: PlanInput,
): boolean {
  const { desired, digest, requests, history } = view;
  if (!desired || digest === undefined) return false;
  if (pin.release === newRelease(view, desired, input)) return true;
  const isKnown = history.releases?.some(({ release }) => release === pin.release) ?? false;
  return pin.desiredDigest !== digest || !isKnown || hasRequest({ requests }, 'pin')?.id !== pin.id;
}

/** Nothing is left of what was let go, and that was not before somebody wanted it. */
function isDone(request: Request, { histories }: PlanInput): boolean {
  return request.kind === 'forget' && histories.get(request.service)?.removalApproved === true;
}

/** What cannot be seen may still be there, and its request with it. */
export function seesAll({ scope, observations, routes }: PlanInput): boolean {
  return scope === 'all' && routes.ok && [...observations.values()].every(({ ok }) => ok);
}
