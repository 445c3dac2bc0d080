import type { Observation } from '../model/instance.ts';
import type { ServiceHistory } from '../model/history.ts';
import { desiredDigest, secretReferences } from '../model/revision.ts';
import type { SecretState } from '../model/secret.ts';
import type { Desired, DesiredService } from '../model/service.ts';
import type { Verification } from '../model/verification.ts';
import { adoptions } from '../plan/adopted.ts';
import type { Observer, PlanInput, PlanSettings, Removals } from '../plan/input.ts';
import { ALLOWANCE_MS } from '../plan/plan.ts';
import { keptVersions } from '../plan/kept-version.ts';
import { answerWithin } from './answer-within.ts';
import { lookUpBridges } from './bridge-lookup.ts';
import { createImageLookup } from './image-lookup.ts';
import { countOpenCalls } from './open-calls.ts';
import type { Clock, ObserveRequest, Prober, Router, Runtime, Secrets, Store } from '../ports.ts';

/** A runtime that is silent for so long counts as unobserved. */
const OBSERVE_DEADLINE_MS = 30_000;
const SECRETS_DEADLINE_MS = 5_000;

export interface GatherOptions {
  readonly desired: () => Desired;
  readonly runtimes: ReadonlyMap<string, Runtime>;
  readonly router: Router;
  readonly prober: Prober;
  readonly secrets: Pick<Secrets, 'versions'>;
  readonly store: Store;
  readonly verifications: () => ReadonlyMap<string, Verification>;
  readonly observer: () => Observer;
  readonly maxPrunePercent: number;
  readonly clock: Clock;
}

/** Where a pass looks, and how closely. */
export interface Look {
  readonly scope: 'all' | ReadonlySet<string>;
  readonly deep: boolean;
}

export type Gather = (
  look: Look,
  busy: ReadonlySet<string>,
  signal: AbortSignal,
) => Promise<PlanInput>;

/** The same reads for any desired set; `secrets` where they are to be seen otherwise than they lie. */
export type GatherFor = (desired: () => Desired, secrets?: GatherOptions['secrets']) => Gather;

export function createGatherFor(options: Omit<GatherOptions, 'desired'>): GatherFor {
  return (desired, secrets = options.secrets) => createGather({ ...options, desired, secrets });
}

/** All reads of a pass, concurrently, each with a deadline, into one value. */
export function createGather(options: GatherOptions): Gather {
  const digestOf = createDigests();
  const lookUpImages = createImageLookup(options.runtimes);
  return async (look, busy, signal) => {
    const { store, router, clock } = options;
    const desired = options.desired();
    const request = toObserveRequest(look, desired, store.histories());
    const [observations, secrets] = await Promise.all([
      observeAll(options.runtimes, request, signal),
      lookUpSecrets(options.secrets, plannedVersions(desired, store.histories(), look), signal),
    ]);
    // What was pulled is read before what references mean: never a pull with an older meaning.
    const [histories, requests] = [store.histories(), store.requests()];
    const services = plannedVersions(desired, histories, look);
    const question = { services, histories, requests, observations, deep: look.deep };
    const routes = router.observe();
    const [images, bridges, openCalls] = await Promise.all([
      lookUpImages(question, signal),
      lookUpBridges(options.runtimes, services),
      countOpenCalls({ router, prober: options.prober, observations, routes }, signal),
    ]);
    const nowMs = clock();
    const settings: PlanSettings = {
      maxPrunePercent: options.maxPrunePercent,
      baseUrl: router.baseUrl,
    };
    return {
      nowMs,
      scope: look.scope,
      desired,
      digests: new Map(desired.services.map((service) => [service.name, digestOf(service)])),
      observations,
      routes,
      openCalls,
      secrets,
      images,
      bridges,
      rollsMovedTags: true,
      // Checks go on while it is planned in parts: all parts see the same moment.
      verifications: new Map(options.verifications()),
      observer: options.observer(),
      histories,
      requests,
      removals: countRemovals(store, nowMs),
      busy,
      settings,
    };
  };
}

/** Digests by identity: the loader keeps unchanged services, so a no-op pass hashes nothing. */
function createDigests(): (service: DesiredService) => string {
  const known = new WeakMap<DesiredService, string>();
  return (service) => {
    const digest = known.get(service) ?? desiredDigest(service);
    known.set(service, digest);
    return digest;
  };
}

function toObserveRequest(
  { scope, deep }: Look,
  { services }: Desired,
  histories: ReadonlyMap<string, ServiceHistory>,
): ObserveRequest {
  const adopted = adoptions(services, histories);
  return {
    deep,
    ...(scope !== 'all' && { names: scope }),
    ...(adopted.size > 0 && { adopted }),
  };
}

async function observeAll(
  runtimes: ReadonlyMap<string, Runtime>,
  request: ObserveRequest,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Observation>> {
  const observed = [...runtimes].map(
    async ([name, runtime]) => [name, await observe(runtime, request, signal)] as const,
  );
  return new Map(await Promise.all(observed));
}

function observe(
  runtime: Runtime,
  request: ObserveRequest,
  signal: AbortSignal,
): Promise<Observation> {
  const late = { ok: false, cause: `no answer within ${OBSERVE_DEADLINE_MS / 1000} s` } as const;
  return answerWithin<Observation>({ withinMs: OBSERVE_DEADLINE_MS, signal, late }, (deadline) =>
    runtime.observe(request, deadline),
  );
}

/** The versions that may be planned for: what the documents say, and what was accepted last. */
function plannedVersions(
  { services }: Desired,
  histories: ReadonlyMap<string, ServiceHistory>,
  { scope }: Look,
): readonly DesiredService[] {
  const wanted = scope === 'all' ? services : services.filter(({ name }) => scope.has(name));
  return [...new Set([...wanted, ...keptVersions(histories, scope).values()])];
}

async function lookUpSecrets(
  secrets: GatherOptions['secrets'],
  services: readonly DesiredService[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, SecretState>> {
  const references = [...new Set(services.flatMap(({ spec }) => secretReferences(spec)))];
  if (references.length === 0) return new Map();
  return secrets.versions(
    references,
    AbortSignal.any([signal, AbortSignal.timeout(SECRETS_DEADLINE_MS)]),
  );
}

function countRemovals(store: Store, nowMs: number): Removals {
  const allowances = store.requests().filter((request) => request.kind === 'allow-removals');
  return {
    recent: store.removalsSince(nowMs - ALLOWANCE_MS),
    allowances: allowances
      .filter(({ atMs }) => Math.abs(nowMs - atMs) <= ALLOWANCE_MS)
      .map(({ count, atMs }) => ({ count, used: store.removalsSince(atMs) })),
  };
}
