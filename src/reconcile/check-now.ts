import { AppError } from '../errors.ts';
import type { RouteObservation } from '../model/route.ts';
import type { ServicePlan } from '../model/plan.ts';
import type { ServiceStatus } from '../model/status.ts';
import type { CheckResult, ProbeTarget } from '../model/verification.ts';
import type { PlanInput } from '../plan/input.ts';
import { plan } from '../plan/plan.ts';
import { isTarget } from '../plan/routing.ts';
import type { Clock, Prober } from '../ports.ts';
import { answerWithin } from './answer-within.ts';
import type { Gather } from './gather.ts';
import { isOf, toVerification } from './probe-register.ts';
import type { Reconciler } from './reconciler.ts';

/** Services that are checked for callers at once. */
const MOST_AT_ONCE = 50;
/** However patient a document is; the look before it has bounds of its own, the longest of 30 s. */
const LONGEST_CHECK_MS = 15_000;
const LATE = {
  outcome: 'failed',
  message: `no answer within ${LONGEST_CHECK_MS / 1000}s`,
} as const;

export interface CheckNowOptions {
  readonly gather: Gather;
  readonly prober: Pick<Prober, 'verify'>;
  readonly reconciler: Pick<Reconciler, 'isMoving'>;
  readonly clock: Clock;
}

/** How a service is at this moment. */
export interface CheckedNow {
  /** As it would be if this check were the last. */
  readonly status: ServiceStatus;
  /** Absent: nothing of it runs that could be asked. */
  readonly asked?: {
    readonly target: ProbeTarget;
    readonly result: CheckResult;
    readonly tookMs: number;
  };
}

/**
 * Looks at one service and asks the instance that traffic reaches, or else its newest. Writes and remembers nothing:
 * the loop goes on by its own checks. Who asks for the same service at the same time gets the same answer. Undefined
 * for a service that is not there. Throws TOO_MANY_REQUESTS.
 */
export function createCheckNow(
  options: CheckNowOptions,
): (service: string) => Promise<CheckedNow | undefined> {
  const running = new Map<string, Promise<CheckedNow | undefined>>();
  return async (service) => {
    const shared = running.get(service);
    if (shared) return shared;
    if (running.size >= MOST_AT_ONCE) throw tooMany();
    const check = checkNow(options, service).finally(() => running.delete(service));
    running.set(service, check);
    return check;
  };
}

async function checkNow(
  { gather, prober, reconciler, clock }: CheckNowOptions,
  service: string,
): Promise<CheckedNow | undefined> {
  const names = new Set([service]);
  const busy = reconciler.isMoving(service) ? names : new Set<string>();
  const { signal } = new AbortController();
  const input = await gather({ scope: names, deep: false }, busy, signal);
  const planned = planOf(service, input);
  const target = planned && findTarget(planned, input.routes);
  if (!target) return planned && { status: planned.status };
  const patience = { withinMs: LONGEST_CHECK_MS, signal, late: LATE };
  const beganMs = performance.now();
  const result = await answerWithin<CheckResult>(patience, (deadline) =>
    prober.verify(target, deadline),
  );
  const tookMs = performance.now() - beganMs;
  const after = planOf(service, withCheck(input, target, { result, atMs: clock() }));
  return { status: (after ?? planned).status, asked: { target, result, tookMs } };
}

function planOf(service: string, input: PlanInput): ServicePlan | undefined {
  return plan(input).services.find(({ name }) => name === service);
}

function findTarget(
  { probes = [] }: ServicePlan,
  observed: RouteObservation,
): ProbeTarget | undefined {
  const routes = observed.ok ? observed.routes : [];
  const newestFirst = probes.toSorted((a, b) => b.startedAtMs - a.startedAtMs);
  return newestFirst.find(({ instance }) => isTarget(routes, instance)) ?? newestFirst[0];
}

/** One failure more counts as one of the loop's own would. */
function withCheck(
  input: PlanInput,
  target: ProbeTarget,
  found: { readonly result: CheckResult; readonly atMs: number },
): PlanInput {
  const { instanceId } = target;
  const last = input.verifications.get(instanceId);
  const verification = toVerification(target, last && isOf(target, last) ? last : undefined, found);
  return {
    ...input,
    verifications: new Map([...input.verifications, [instanceId, verification]]),
  };
}

function tooMany(): AppError {
  return new AppError('TOO_MANY_REQUESTS', `${MOST_AT_ONCE} services are being checked already`, {
    hint: 'ask again in a moment',
  });
}
