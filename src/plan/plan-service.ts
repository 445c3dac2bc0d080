import type { Gate, ServicePlan } from '../model/plan.ts';
import { REMOTE_RUNTIME } from '../model/remote.ts';
import type { DesiredService } from '../model/service.ts';
import { adopt } from './adopt.ts';
import { type Aim, aimFor } from './aim.ts';
import { converge } from './converge.ts';
import { holdStill, type Decision } from './decision.ts';
import { halt } from './halt.ts';
import type { PlanInput } from './input.ts';
import { asGated, withGate, type SlugOwners } from './gated.ts';
import { isGone, withPruning } from './pruning.ts';
import { gateOf, letGo } from './removal.ts';
import { movingState, STEPS_RUN, withRetry } from './retry.ts';
import { toServicePlan } from './service-plan.ts';
import { hasRequest, type ServiceView } from './view.ts';

/** What holds for all services of a pass. */
export interface Fleet {
  /** Holds back every disappearance in this pass. */
  readonly gate?: Gate;
  readonly owners: SlugOwners;
}

/** Decides about one service. */
export function planService(view: ServiceView, input: PlanInput, fleet: Fleet): ServicePlan {
  const gate = gateOf(view, input, fleet.gate);
  const { view: aimed, verdict } = aim(gate ? asGated(view, gate, fleet.owners) : view, input);
  const decision = withRetry(aimed, decide(aimed, input, gate), input);
  const said = verdict ? { ...decision, verdict } : decision;
  return toServicePlan(aimed, gate ? withGate(said, gate) : withPruning(said, aimed), input);
}

/** Which version of a service that shall run is pursued; what moves now, or rests, is not judged. */
function aim(view: ServiceView, input: PlanInput): Pick<Aim, 'view' | 'verdict'> {
  const { desired, name } = view;
  const rests = !desired || desired.power === 'off' || view.pending !== undefined;
  if (rests || blindCause(view, input) !== undefined) return { view };
  const aimed = aimFor(view, desired, input);
  const isUnknown = input.busy.has(name) || hasRequest(view, 'pause') !== undefined;
  return isUnknown && aimed.verdict ? { view } : aimed;
}

function decide(view: ServiceView, input: PlanInput, gate: Gate | undefined): Decision {
  const { name, desired, frozenCause } = view;
  if (input.busy.has(name)) {
    return { ...holdStill('Updating', MOVING, known(view)), ...movingState(view, input.nowMs) };
  }
  if (hasRequest(view, 'pause')) {
    return holdStill('Paused', { until: 'unpaused', cause: 'paused by request' }, known(view));
  }
  if (!desired) {
    if (frozenCause !== undefined) {
      return holdStill('Frozen', { until: 'mended', cause: frozenCause }, known(view));
    }
    if (gate) return leaveAlone(view);
    return isTrace(view) ? TRACES : letGo(view, input);
  }
  const blind = blindCause(view, input);
  if (blind !== undefined) {
    return holdStill('Frozen', { until: 'observed', cause: blind }, known(view));
  }
  const decision = pursue(view, desired, input);
  return frozenCause === undefined ? decision : freeze(decision, frozenCause);
}

function pursue(view: ServiceView, desired: DesiredService, input: PlanInput): Decision {
  if (desired.power === 'off') return halt(view, desired);
  if (view.pending) return adopt(view, desired, view.pending, input);
  return converge(view, desired, input);
}

/** Nothing is known of it but what it left over: that is no service that goes. */
function isTrace(view: ServiceView): boolean {
  const { routes, history, requests } = view;
  const isKnown = routes.length > 0 || requests.length > 0 || Object.keys(history).length > 0;
  return isGone(view) && !isKnown;
}

const TRACES: Decision = {
  change: 'no-op',
  reason: 'no_change',
  cause: '',
  road: [],
  state: 'Removing',
  stateCause: 'left over',
};

/** What nobody remembers cannot be healed, and what would take another's route is not. */
function leaveAlone(view: ServiceView): Decision {
  const nothing = { change: 'no-op', reason: 'no_change', cause: '', road: [] } as const;
  return { ...nothing, state: 'Blocked', stateCause: '', ...known(view) };
}

const MOVING = { until: 'motion-ends', cause: STEPS_RUN } as const;

function known({ instances }: ServiceView): Partial<Decision> {
  const current = instances.find(({ state }) => state === 'running') ?? instances[0];
  return current ? { current } : {};
}

/** A runtime that does not answer tells nothing about its services. */
function blindCause({ desired }: ServiceView, { observations }: PlanInput): string | undefined {
  const runtime = desired?.runtime ?? '';
  const observation = observations.get(runtime);
  if (!observation && runtime === REMOTE_RUNTIME) {
    return 'remote services are reached through the router program, which `mcp-manager run` starts';
  }
  if (!observation) return `runtime ${runtime} is not available here`;
  return observation.ok ? undefined : `runtime ${runtime} cannot be observed: ${observation.cause}`;
}

/** The last good version goes on and is healed; the word says that the document is not in force. */
function freeze(decision: Decision, cause: string): Decision {
  const settled = decision.state === 'Running' || decision.state === 'NeedsAuth';
  return settled ? { ...decision, state: 'Frozen', stateCause: cause } : decision;
}
