import type { Plan, ServicePlan } from '../model/plan.ts';
import { desiredDigest } from '../model/revision.ts';
import type { Desired, DesiredService, FrozenService } from '../model/service.ts';
import type { PlanInput } from './input.ts';
import { instancesByService, type Located } from './locate.ts';
import { keptVersion, keptVersions } from './kept-version.ts';

const WAITS = 'its removal waits for `mcp-manager apply`';
/** It goes on: nobody knows as what, so it cannot be healed. */
const UNKNOWN = 'its change waits for `mcp-manager apply`';

/**
 * The input as far as it is approved: every service at its last accepted version. Without a record
 * (the store was lost) what runs counts as approved. What is new stays out until it is applied.
 */
export function toApproved(input: PlanInput): PlanInput {
  const desired = new Map(input.desired.services.map((service) => [service.name, service]));
  const live = liveInstances(input);
  const names = new Set([
    ...desired.keys(),
    ...live.keys(),
    ...keptVersions(input.histories).keys(),
  ]);
  const services: DesiredService[] = [];
  const frozen: FrozenService[] = [...input.desired.frozen];
  const known = new Set(frozen.map(({ name }) => name));
  const digests = new Map<string, string>();
  // Whoever waits for its end takes no route from those that stay.
  const slugs = new Set(input.desired.services.map(({ slug }) => slug));
  for (const name of names) {
    const history = input.histories.get(name);
    const wanted = desired.get(name);
    if (!wanted && (history?.removalApproved || isNamedRemoval(name, input))) continue;
    const kept = keptVersion(history);
    const isKnown = history?.acceptedDigest === input.digests.get(name);
    const asWritten = !isKnown && wanted && kept && isSameButRollout(kept, wanted);
    const approved = asWritten ? wanted : (kept ?? runningAsApproved(wanted, live.get(name)));
    const leads = approved && (wanted !== undefined || !slugs.has(approved.slug));
    if (leads) services.push(approved);
    else if ((!wanted || live.has(name)) && !known.has(name)) {
      frozen.push({ name, cause: wanted ? UNKNOWN : WAITS });
    }
    const accepted = asWritten ? undefined : history?.acceptedDigest;
    const digest = accepted ?? input.digests.get(name);
    if (digest !== undefined) digests.set(name, digest);
  }
  const approvedDesired: Desired = { ...input.desired, services, frozen };
  return { ...input, desired: approvedDesired, digests, rollsMovedTags: false };
}

/** How a change is carried out is no change: its default may be another one after an upgrade. */
function isSameButRollout(kept: DesiredService, wanted: DesiredService): boolean {
  return desiredDigest({ ...kept, rollout: wanted.rollout }) === desiredDigest(wanted);
}

function isNamedRemoval(name: string, { requests }: PlanInput): boolean {
  return requests.some(
    (request) =>
      (request.kind === 'remove' || request.kind === 'forget') && request.service === name,
  );
}

/** One instance per service: one that runs, where there is one. */
function liveInstances(input: PlanInput): ReadonlyMap<string, Located> {
  return new Map(
    [...instancesByService(input)].flatMap(([name, instances]) => {
      const live = instances.find(({ state }) => state === 'running') ?? instances[0];
      return live ? [[name, live]] : [];
    }),
  );
}

function runningAsApproved(
  wanted: DesiredService | undefined,
  live: Located | undefined,
): DesiredService | undefined {
  if (!wanted || !live) return undefined;
  const power = live.state === 'running' ? 'on' : wanted.power;
  const kept = { ...wanted, runtime: live.runtime, power };
  if (wanted.revision === live.revision) return kept;
  return live.spec && { ...kept, spec: live.spec, revision: live.revision };
}

interface Proposal {
  readonly input: PlanInput;
  /** The plan for the documents as they are. */
  readonly proposed: Plan;
  /** The plan for what is approved. */
  readonly healing: Plan;
}

/**
 * The versions that hold without being asked for: what the documents say where no step is left to
 * approve, and what runs where nothing was recorded.
 */
export function versionsInForce(
  { services }: Desired,
  { input, proposed, healing }: Proposal,
): readonly DesiredService[] {
  const written = new Map(input.desired.services.map((service) => [service.name, service]));
  const unchanged = proposed.services.filter(({ change }) => change === 'no-op');
  const still = new Set(unchanged.map(({ name }) => name));
  const back = new Set(healing.services.flatMap((one) => (one.status.rollback ? one.name : [])));
  // The document asks for what was gone back to: its approved change is over.
  const returned = new Set(
    unchanged.filter((one) => back.has(one.name) && isReached(one)).map(({ name }) => name),
  );
  // What is in motion may be about to go: it says nothing about what is approved.
  const resting = services.filter(({ name }) => !input.busy.has(name));
  return resting.map((approved) => {
    const wanted = written.get(approved.name);
    if (!wanted || !still.has(approved.name)) return approved;
    return isSameEffect(approved, wanted) || returned.has(approved.name) ? wanted : approved;
  });
}

/** What its document says runs and serves. */
function isReached({ status: { state, rollback } }: ServicePlan): boolean {
  return rollback === undefined && (state === 'Running' || state === 'NeedsAuth');
}

/** Whether both ask the same of runtime and router: labels, checks and protection are no steps. */
function isSameEffect(a: DesiredService, b: DesiredService): boolean {
  return (
    a.revision === b.revision &&
    a.runtime === b.runtime &&
    a.slug === b.slug &&
    a.power === b.power &&
    a.replicas === b.replicas
  );
}

/** Says in the status of a service that a change of it waits for approval. */
export function withPending(healing: ServicePlan | undefined, proposed: ServicePlan): ServicePlan {
  const base = healing ?? { ...proposed, road: [], change: 'no-op' as const };
  if (proposed.change === 'no-op' || heals(healing, proposed)) return base;
  const { gate } = proposed;
  const change = gate ? `removal blocked: ${gate.cause}` : proposed.cause;
  const cause = `a change waits for \`mcp-manager apply\`: ${change}`;
  // What ails the approved version comes first; what is new has no such version.
  const { state, cause: ailing } = healing?.status ?? { state: 'Pending' as const, cause: '' };
  const both = ailing === '' ? cause : `${ailing}; ${cause}`;
  return { ...base, status: { ...base.status, state, cause: both } };
}

/** Whether healing does all that is proposed, so that nothing of it waits. Roads are plain data. */
function heals(healing: ServicePlan | undefined, proposed: ServicePlan): boolean {
  return (
    healing?.change === proposed.change &&
    JSON.stringify(healing.road) === JSON.stringify(proposed.road)
  );
}
