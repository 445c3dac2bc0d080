import type { Gate, ServicePlan, Step } from '../model/plan.ts';
import { removeInstance, toTarget, type Decision } from './decision.ts';
import type { PlanInput } from './input.ts';
import { keptVersion } from './kept-version.ts';
import { hasRequest, type ServiceView } from './view.ts';
import { soleVolumes, volumeClaims } from './volume-claims.ts';

/** Below this many services the percentage does not bind: a small fleet may be rewritten. */
const FEW_SERVICES = 5;
/** How long an instance may finish when its document, and with it the drain time, is gone. */
const REMOVAL_GRACE_MS = 10_000;

/**
 * The names that no document names any more and that nobody asked to remove by name. What cannot go
 * in any case is left out: it must not use up what others may.
 */
export function disappeared(views: ReadonlyMap<string, ServiceView>): readonly string[] {
  return [...views.values()]
    .filter((view) => !view.desired && view.frozenCause === undefined)
    .filter((view) => view.instances.length > 0 || keptVersion(view.history))
    .filter((view) => !isNamed(view))
    .filter((view) => !protectedGate(view) && !hasRequest(view, 'pause'))
    .map(({ name }) => name);
}

/**
 * Why the services of these names may not disappear now, or undefined when they may: one answer for the
 * whole pass. `present` is how many services there are, these included.
 */
export function removalGate(
  input: PlanInput,
  names: readonly string[],
  present: number,
): Gate | undefined {
  if (names.length === 0) return undefined;
  const incomplete = incompleteGate(input);
  if (incomplete) return incomplete;
  const others = (gone: readonly string[]): number =>
    gone.filter((name) => !names.includes(name)).length;
  const { recent, allowances } = input.removals;
  if (allowances.some(({ count, used }) => names.length + others(used) <= count)) return undefined;
  const allow = `restore the documents, \`mcp-manager remove NAME\`, or \`mcp-manager apply --allow-removals ${names.length}\``;
  if (input.desired.services.length === 0 && input.desired.frozen.length === 0) {
    return { code: 'REMOVAL_EMPTY_SET', cause: 'the documents name no service at all', allow };
  }
  const { maxPrunePercent } = input.settings;
  const fleet = present + others(recent);
  const most = Math.max(FEW_SERVICES, Math.floor((fleet * maxPrunePercent) / 100));
  const total = names.length + others(recent);
  if (total <= most) return undefined;
  const cause = `${total} of ${fleet} services would go within 10 minutes, at most ${most} may`;
  return { code: 'REMOVAL_TOO_MANY', cause, allow };
}

function incompleteGate(input: PlanInput): Gate | undefined {
  const { desired } = input;
  const blind = blindGate(input);
  if (blind || desired.complete) return blind;
  const cause = desired.incompleteCause ?? 'not every document can be read';
  const allow = 'mend the document, or `mcp-manager remove NAME`';
  return { code: 'REMOVAL_INCOMPLETE', cause, allow };
}

function blindGate({ observations }: PlanInput): Gate | undefined {
  const [blind] = [...observations.keys()].filter((name) => !observations.get(name)?.ok).toSorted();
  if (blind === undefined) return undefined;
  const cause = `runtime ${blind} cannot be observed`;
  return { code: 'REMOVAL_UNOBSERVED', cause, allow: 'it goes on when the runtime answers again' };
}

/**
 * What keeps a service from going that no document names; undefined when it may go, and for all others.
 * `gate` is what holds disappearance in this pass.
 */
export function gateOf(
  view: ServiceView,
  input: PlanInput,
  gate: Gate | undefined,
): Gate | undefined {
  if (view.desired || view.frozenCause !== undefined) return undefined;
  if (hasRequest(view, 'forget') || hasRequest(view, 'pause')) return undefined;
  return (
    protectedGate(view) ?? (hasRequest(view, 'remove') ? undefined : gateFor(view, input, gate))
  );
}

/** Whether nothing is left of a service that goes: it can be forgotten. */
export function isGone({ change, road, gate }: ServicePlan): boolean {
  return (change === 'remove' || change === 'forget') && road.length === 0 && gate === undefined;
}

/** Lets one service go that nothing holds; without a step where nothing is left of it. */
export function letGo(view: ServiceView, input: PlanInput): Decision {
  const forget = hasRequest(view, 'forget');
  if (forget) return forgetService(view, forget.id);
  const named = hasRequest(view, 'remove');
  const reason = named ? 'remove_by_request' : 'remove_because_not_desired';
  const cause = named ? `removed by ${named.by}` : 'no document names it';
  const graceMs = view.history.accepted?.rollout.drainMs ?? REMOVAL_GRACE_MS;
  const takesVolumes = named?.kind === 'remove' && named.volumes;
  const volumes = takesVolumes ? soleVolumes(view, volumeClaims(input)) : [];
  const road: Step[] = [
    ...view.routes.map(({ slug }): Step => ({ kind: 'unroute', slug, reason, cause })),
    ...view.instances.flatMap((instance) =>
      removeInstance(instance, { reason, cause, graceMs, volumes }),
    ),
  ];
  return { change: 'remove', reason, cause, road, state: 'Removing', stateCause: cause };
}

function gateFor(view: ServiceView, input: PlanInput, gate: Gate | undefined): Gate | undefined {
  // A route without any instance leads nowhere, unless its instances are only out of sight.
  if (view.instances.length === 0 && !keptVersion(view.history)) return blindGate(input);
  return input.scope === 'all' ? gate : UNSEEN;
}

/** A backstop: the loop widens a look at one service that no document names to all. */
export const UNSEEN: Gate = {
  code: 'REMOVAL_UNSEEN',
  cause: 'only a pass over all documents lets a service go',
  allow: 'it goes on by itself with the next full pass',
};

function protectedGate({ history }: ServiceView): Gate | undefined {
  if (history.accepted?.protected !== true) return undefined;
  return {
    code: 'REMOVAL_PROTECTED',
    cause: 'the service is protected',
    allow: 'put its document back with `protected: false`, then remove it',
  };
}

function forgetService(view: ServiceView, requestId: string): Decision {
  const reason = 'forget_by_request';
  const cause = 'let go running';
  const road: Step[] = [
    ...view.routes.map(({ slug }): Step => ({ kind: 'unroute', slug, reason, cause })),
    ...view.instances.map((instance): Step => {
      const target = toTarget(instance);
      return { kind: 'forget', runtime: instance.runtime, target, reason, cause };
    }),
  ];
  const spent = road.length === 0 ? [requestId] : [];
  return { change: 'forget', reason, cause, road, state: 'Removing', stateCause: cause, spent };
}

function isNamed(view: ServiceView): boolean {
  return hasRequest(view, 'remove') !== undefined || hasRequest(view, 'forget') !== undefined;
}
