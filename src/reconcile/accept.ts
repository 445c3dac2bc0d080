import type { ServiceHistory } from '../model/history.ts';
import type { StoreChange } from '../model/journal.ts';
import { desiredDigest } from '../model/revision.ts';
import type { DesiredService } from '../model/service.ts';
import type { PlanInput } from '../plan/input.ts';
import { seesAll } from '../plan/plan.ts';
import { isGone } from '../plan/removal.ts';
import { locateInstances } from '../plan/locate.ts';
import type { Decided } from './decide.ts';

type Histories = ReadonlyMap<string, ServiceHistory>;

/** What a plan was made from, with what is remembered by now. */
export interface Latest extends PlanInput {
  /** Services about whose version somebody decided meanwhile: that holds, the plan did not know of it. */
  readonly approvedSince: ReadonlySet<string>;
}

export function toLatest(input: PlanInput, histories: Histories): Latest {
  const names = new Set([...input.histories.keys(), ...histories.keys()]);
  const approved = [...names].filter((name) => {
    const [then, now] = [input.histories.get(name), histories.get(name)];
    const isSame = then?.acceptedDigest === now?.acceptedDigest;
    return !isSame || then?.removalApproved !== now?.removalApproved;
  });
  return { ...input, histories, approvedSince: new Set(approved) };
}

/** Remembers what is accepted now, and which containers were taken over for it: also over a restart. */
export function acceptedChanges(latest: Latest, { inForce }: Decided): readonly StoreChange[] {
  const { desired, digests, histories, approvedSince } = latest;
  const adopted = new Map(
    locateInstances(latest).flatMap((one) => (one.adopted ? [[one.service, one.id] as const] : [])),
  );
  const frozen = new Set(desired.frozen.map(({ name }) => name));
  const written = new Set(desired.services);
  return inForce.flatMap((service): readonly StoreChange[] => {
    const { name } = service;
    const history = histories.get(name) ?? {};
    const adoptedId = adopted.get(name) ?? history.adoptedId;
    const isNews = adoptedId !== history.adoptedId;
    if (approvedSince.has(name)) return [];
    if (frozen.has(name) || (history.accepted === service && !isNews)) return [];
    const known = written.has(service) ? digests.get(name) : undefined;
    const acceptedDigest = known ?? desiredDigest(service);
    const same = history.acceptedDigest === acceptedDigest;
    if (same && !isNews && isSamePlace(history.accepted, service)) return [];
    const { removalApproved: _returned, failure, lookFailure, ...kept } = history;
    // What failed was another version: nobody shall be held by it when this one comes back.
    const held = same ? { ...(failure && { failure }), ...(lookFailure && { lookFailure }) } : {};
    const accepted = { ...kept, ...held, accepted: service, acceptedDigest };
    const taken = adoptedId === undefined ? {} : { adoptedId };
    return [{ kind: 'history', service: name, history: { ...accepted, ...taken } }];
  });
}

/** By its file a service is known again when that cannot be read any more. */
function isSamePlace(before: DesiredService | undefined, now: DesiredService): boolean {
  return before?.place.file === now.place.file && before.directory === now.directory;
}

/**
 * Lets go of the memory of services that are neither wanted nor there, after a complete look. Whoever
 * disappeared with nothing left of it counts as a removal, like those that were stopped and removed.
 */
export function forgottenChanges(latest: Latest, { plan, shown }: Decided): readonly StoreChange[] {
  if (!latest.desired.complete || !seesAll(latest)) return [];
  const gone = new Map(plan.services.filter(isGone).map((service) => [service.name, service]));
  const known = new Set([...plan.services, ...shown].map(({ name }) => name));
  const stays = latest.busy.union(latest.approvedSince);
  return [...latest.histories.keys()]
    .filter((name) => (gone.has(name) || !known.has(name)) && !stays.has(name))
    .flatMap((service): readonly StoreChange[] => {
      const disappeared = gone.get(service)?.reason === 'remove_because_not_desired';
      const counted = { kind: 'removal', service, atMs: latest.nowMs } as const;
      return [{ kind: 'history-removed', service }, ...(disappeared ? [counted] : [])];
    });
}
