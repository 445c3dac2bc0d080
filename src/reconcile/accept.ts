import type { StoreChange } from '../model/journal.ts';
import type { PlanInput } from '../plan/input.ts';
import type { Decided } from './decide.ts';

/** Remembers what is accepted now: what frozen services keep, also over a restart. */
export function acceptedChanges(input: PlanInput): readonly StoreChange[] {
  const frozen = new Set(input.desired.frozen.map(({ name }) => name));
  return input.desired.services.flatMap((service): readonly StoreChange[] => {
    const history = input.histories.get(service.name) ?? {};
    const acceptedDigest = input.digests.get(service.name);
    if (frozen.has(service.name) || acceptedDigest === undefined) return [];
    if (history.acceptedDigest === acceptedDigest) return [];
    // What failed was another version: nobody shall be held by it when this one comes back.
    const { removalApproved: _returned, failure: _failure, ...kept } = history;
    return [
      {
        kind: 'history',
        service: service.name,
        history: { ...kept, accepted: service, acceptedDigest },
      },
    ];
  });
}

/** Lets go of the memory of services that are neither wanted nor there, after a complete look. */
export function forgottenChanges(
  input: PlanInput,
  { plan, shown }: Decided,
): readonly StoreChange[] {
  const complete =
    input.scope === 'all' &&
    input.desired.complete &&
    input.routes.ok &&
    [...input.observations.values()].every(({ ok }) => ok);
  if (!complete) return [];
  const known = new Set([...plan.services, ...shown].map(({ name }) => name));
  return [...input.histories.keys()]
    .filter((name) => !known.has(name) && !input.busy.has(name))
    .map((service) => ({ kind: 'history-removed', service }));
}
