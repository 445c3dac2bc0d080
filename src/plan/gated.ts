import type { Gate } from '../model/plan.ts';
import type { Decision } from './decision.ts';
import { UNSEEN } from './removal.ts';
import { isIll } from './state.ts';
import { keptVersion } from './kept-version.ts';
import { checkingOf, type ServiceView } from './view.ts';

/** By slug: the service whose route it is. Documents come before what only goes on for a gate. */
export type SlugOwners = ReadonlyMap<string, string>;

export function slugOwners(views: Iterable<ServiceView>): SlugOwners {
  const all = [...views];
  const desired = all.flatMap(({ desired: service }) => service ?? []);
  const kept = all.flatMap(({ desired: service, history }) =>
    service ? [] : (keptVersion(history) ?? []),
  );
  const owners = new Map<string, string>();
  for (const { slug, name } of [...desired, ...kept]) if (!owners.has(slug)) owners.set(slug, name);
  return owners;
}

/**
 * The service as it is planned while a gate holds its removal: its last accepted version goes on and is
 * healed. Not where its slug has another owner by now: the two would take the route from each other.
 */
export function asGated(view: ServiceView, gate: Gate, owners: SlugOwners): ServiceView {
  const kept = keptVersion(view.history);
  if (!kept || gate === UNSEEN || owners.get(kept.slug) !== view.name) return view;
  const { acceptedDigest } = view.history;
  const digest = acceptedDigest === undefined ? {} : { digest: acceptedDigest };
  return { ...view, desired: kept, ...digest, ...checkingOf(kept, view.toolLock) };
}

/** Adds to what is done for a service meanwhile that its removal is held. What ails it comes first. */
export function withGate(decision: Decision, gate: Gate): Decision {
  const cause = `removal blocked: ${gate.cause}`;
  const wait = { kind: 'wait', until: 'allowed', cause } as const;
  const heals = decision.road.some(({ kind }) => kind !== 'wait');
  const ill = isIll(decision.state);
  return {
    ...decision,
    ...(!heals && { change: 'remove', reason: 'remove_because_not_desired', cause }),
    road: [...decision.road, wait],
    state: ill ? decision.state : 'Blocked',
    stateCause: `${ill ? `${decision.stateCause}; ` : ''}${cause}; ${gate.allow}`,
    gate,
  };
}
