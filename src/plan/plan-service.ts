import type { Gate, ServicePlan } from '../model/plan.ts';
import type { ServiceState } from '../model/status.ts';
import { retryAtMs } from './backoff.ts';
import { converge } from './converge.ts';
import { holdStill, type Decision } from './decision.ts';
import { halt } from './halt.ts';
import type { PlanInput } from './input.ts';
import { letGo } from './removal.ts';
import { toServicePlan } from './service-plan.ts';
import { hasRequest, type ServiceView } from './view.ts';

/** Decides about one service. `gate` holds back every disappearance in this pass. */
export function planService(
  view: ServiceView,
  input: PlanInput,
  gate: Gate | undefined,
): ServicePlan {
  return toServicePlan(view, withBackOff(view, decide(view, input, gate), input), input);
}

function decide(view: ServiceView, input: PlanInput, gate: Gate | undefined): Decision {
  const { name, desired, frozenCause } = view;
  if (input.busy.has(name)) {
    return holdStill(movingState(view), MOVING, known(view));
  }
  if (hasRequest(view, 'pause')) {
    return holdStill('Paused', { until: 'unpaused', cause: 'paused by request' }, known(view));
  }
  if (!desired) {
    if (frozenCause === undefined) return letGo(view, input, gate);
    return holdStill('Frozen', { until: 'mended', cause: frozenCause }, known(view));
  }
  const blind = blindCause(view, input);
  if (blind !== undefined) {
    return holdStill('Frozen', { until: 'observed', cause: blind }, known(view));
  }
  const decision = desired.power === 'off' ? halt(view, desired) : converge(view, desired, input);
  return frozenCause === undefined ? decision : freeze(decision, frozenCause);
}

const MOVING = { until: 'motion-ends', cause: 'steps are running' } as const;

function movingState({ desired, instances }: ServiceView): ServiceState {
  if (!desired) return 'Removing';
  return instances.some(({ state }) => state === 'running') ? 'Updating' : 'Starting';
}

function known(view: ServiceView): Partial<Decision> {
  return view.instances[0] ? { current: view.instances[0] } : {};
}

/** A runtime that does not answer tells nothing about its services. */
function blindCause({ desired }: ServiceView, { observations }: PlanInput): string | undefined {
  const runtime = desired?.runtime ?? '';
  const observation = observations.get(runtime);
  if (!observation) return `runtime ${runtime} is not available here`;
  return observation.ok ? undefined : `runtime ${runtime} cannot be observed: ${observation.cause}`;
}

/** The last good version goes on and is healed; the word says that the document is not in force. */
function freeze(decision: Decision, cause: string): Decision {
  const settled = decision.state === 'Running' || decision.state === 'NeedsAuth';
  return settled ? { ...decision, state: 'Frozen', stateCause: cause } : decision;
}

/** What failed waits before it is tried again; what cannot succeed waits for new input. */
function withBackOff(view: ServiceView, decision: Decision, input: PlanInput): Decision {
  const [next] = decision.road;
  const { failure } = view.history;
  if (!next || next.kind === 'wait' || !failure) return decision;
  if (decision.reason === 'restart_by_request' || failure.desiredDigest !== (view.digest ?? '')) {
    return decision;
  }
  const stateCause = `${failure.code} ${failure.message}`;
  if (failure.kind === 'terminal' && view.desired) {
    const wait = { kind: 'wait', until: 'mended', cause: stateCause } as const;
    return { ...decision, road: [wait, ...decision.road], state: 'Failed', stateCause };
  }
  const untilMs = retryAtMs(failure, view.name);
  if (untilMs <= input.nowMs) return decision;
  const cause = `attempt ${failure.count} failed: ${stateCause}`;
  const wait = { kind: 'wait', until: 'back-off-ends', cause, untilMs } as const;
  const state = decision.state === 'Running' ? 'Degraded' : decision.state;
  return { ...decision, road: [wait, ...decision.road], state, stateCause: cause };
}
