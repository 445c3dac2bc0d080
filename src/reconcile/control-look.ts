import { AppError } from '../errors.ts';
import { desiredDigest } from '../model/revision.ts';
import type { ServicePlan } from '../model/plan.ts';
import type { Desired } from '../model/service.ts';
import type { PlanInput } from '../plan/input.ts';
import { planInParts } from '../plan/plan.ts';
import { toViews, unclaimedOrphans } from '../plan/view.ts';
import type { Secrets } from '../ports.ts';
import type { ControlOptions } from './control-options.ts';
import type { Look } from './gather.ts';
import { takeTurns } from './take-turns.ts';
import { widen } from './widen.ts';

export type LookOptions = Pick<
  ControlOptions,
  'announcements' | 'desired' | 'gather' | 'gatherFor' | 'reconciler'
>;

/**
 * A fresh deep look at everything, or at some services alone as a pass looks at them. What moves towards the
 * version that is wanted is let alone; what wants another one is planned.
 */
export function look(options: LookOptions, scope: Look['scope'] = 'all'): Promise<PlanInput> {
  const { gather, reconciler, desired, announcements } = options;
  const histories = announcements.store.histories();
  const wanted = desired();
  const busy = wanted.services
    .filter(({ name }) => reconciler.isMoving(name))
    .filter((service) => histories.get(service.name)?.acceptedDigest === desiredDigest(service));
  const names = new Set(busy.map(({ name }) => name));
  return gather(widen({ scope, deep: true }, wanted), names, new AbortController().signal);
}

/** A fresh look at everything as it would be with another desired set. */
export function lookWith(
  { gatherFor }: LookOptions,
  desired: Desired,
  secrets?: Pick<Secrets, 'versions'>,
): Promise<PlanInput> {
  const gather = gatherFor(() => desired, secrets);
  return gather({ scope: 'all', deep: false }, new Set(), new AbortController().signal);
}

/** A fresh look at one service. Throws SERVICE_UNKNOWN. */
export async function lookAt(options: LookOptions, service: string): Promise<PlanInput> {
  const input = await look(options, new Set([service]));
  requireKnown([service], input);
  return input;
}

/** What is planned for one service; nothing where only a volume of it is left. */
export async function planOf(service: string, input: PlanInput): Promise<ServicePlan | undefined> {
  const { services } = await takeTurns(planInParts(input));
  return services.find(({ name }) => name === service);
}

/** Throws SERVICE_UNKNOWN for the first that is not there. */
export function requireKnown(names: readonly string[], input: PlanInput): void {
  if (names.length === 0) return;
  const known = toViews(input);
  const leftOver = new Set(unclaimedOrphans(input).map(({ service }) => service));
  const unknown = names.find((name) => !known.has(name) && !leftOver.has(name));
  if (unknown === undefined) return;
  const some = [...known.keys()].slice(0, 10).join(', ');
  const hint = some === '' ? 'no service is declared yet' : `there are ${some}`;
  throw new AppError('SERVICE_UNKNOWN', `there is no service ${unknown}`, { hint });
}
