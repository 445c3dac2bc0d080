import type { Condemned, ServiceHistory } from '../model/history.ts';
import type { Request } from '../model/request.ts';
import type { Route } from '../model/route.ts';
import type { DesiredService } from '../model/service.ts';
import type { Rollback } from '../model/status.ts';
import { ruleFor, type ToolLock, type ToolRule } from '../model/tool-lock.ts';
import { verifySettings } from '../model/verification.ts';
import type { PlanInput } from './input.ts';
import {
  instancesByService,
  type Located,
  type LocatedOrphan,
  locateOrphans,
  pendingAdoptions,
} from './locate.ts';
import { keptVersions } from './kept-version.ts';
import { compare } from './order.ts';
import { type Stray, straysOf } from './strays.ts';
import { volumeClaims } from './volume-claims.ts';

/** What a service is taken to instead of what its document says. */
export interface Past extends Rollback {
  readonly imageId?: string;
  /** The release that the document asks for, where that was given up. */
  readonly givenUp?: Condemned;
}

/** Everything about one service, cut out of the input. */
export interface ServiceView {
  readonly name: string;
  readonly desired?: DesiredService;
  readonly digest?: string;
  /** `verifySettings` of the desired service; absent when it is not checked. */
  readonly settings?: string;
  /** What its tools are held against. */
  readonly toolRule?: ToolRule;
  readonly toolLock?: ToolLock;
  readonly frozenCause?: string;
  /** Set where `desired` is an earlier release than that of the document. */
  readonly past?: Past;
  /** Sorted by name, so that the order of a list never matters. */
  readonly instances: readonly Located[];
  /** The container that its document adopts and that is not taken over yet; only where nothing else of it is there. */
  readonly pending?: Located;
  /** Never touched; sorted by name. */
  readonly strays: readonly Stray[];
  /** Networks and volumes of it that nothing uses; sorted by name. */
  readonly orphans: readonly LocatedOrphan[];
  /** Sorted by slug. */
  readonly routes: readonly Route[];
  /** The latest first. */
  readonly requests: readonly Request[];
  readonly history: ServiceHistory;
}

/** One view per service that is desired, frozen, observed, routed or kept, within the scope; by name. */
export function toViews(input: PlanInput): ReadonlyMap<string, ServiceView> {
  const wanted = input.desired.services.filter(({ name }) => inScope(name, input));
  const desired = new Map(wanted.map((service) => [service.name, service]));
  const frozen = new Map(input.desired.frozen.map(({ name, cause }) => [name, cause]));
  const instances = instancesByService(input);
  const pending = new Map(pendingAdoptions(input).map((one) => [one.service, one]));
  const strays = Map.groupBy(straysOf(input), ({ service }) => service);
  const orphans = Map.groupBy(unclaimedOrphans(input), ({ service }) => service);
  const routes = Map.groupBy(locateRoutes(input), ({ service }) => service);
  const requests = Map.groupBy(
    input.requests
      .filter((request) => request.kind !== 'allow-removals')
      .toSorted((a, b) => b.atMs - a.atMs || compare(a.id, b.id)),
    ({ service }) => service,
  );
  const known = new Set([
    ...desired.keys(),
    ...frozen.keys(),
    ...instances.keys(),
    ...routes.keys(),
    ...keptVersions(input.histories, input.scope).keys(),
    ...withTraces(orphans, requests),
  ]);
  const { toolLock } = input.desired;
  const names = [...known].filter((name) => inScope(name, input)).toSorted();
  return new Map(
    names.map((name) => {
      const service = desired.get(name);
      const digest = input.digests.get(name);
      const frozenCause = frozen.get(name);
      const adoptable = instances.has(name) ? undefined : pending.get(name);
      const view: ServiceView = {
        name,
        ...(service && { desired: service }),
        ...(digest !== undefined && { digest }),
        ...(toolLock && { toolLock }),
        ...checkingOf(service, toolLock),
        ...(frozenCause !== undefined && { frozenCause }),
        instances: instances.get(name) ?? [],
        ...(adoptable && { pending: adoptable }),
        strays: strays.get(name) ?? [],
        orphans: orphans.get(name) ?? [],
        routes: routes.get(name) ?? [],
        requests: requests.get(name) ?? [],
        history: input.histories.get(name) ?? {},
      };
      return [name, view];
    }),
  );
}

/** What nothing uses; a volume that any service names, whoever had it first, is none of that. */
export function unclaimedOrphans(input: PlanInput): readonly LocatedOrphan[] {
  const orphans = locateOrphans(input);
  if (orphans.length === 0) return orphans;
  const claims = volumeClaims(input);
  return orphans.filter(({ source }) => source === undefined || !claims.has(source));
}

/** Services that are gone, as far as something of them may be pruned: volumes only by request. */
function withTraces(
  orphans: ReadonlyMap<string, readonly LocatedOrphan[]>,
  requests: ReadonlyMap<string, readonly Request[]>,
): readonly string[] {
  return [...orphans]
    .filter(
      ([name, own]) =>
        own.some(({ kind }) => kind === 'network') ||
        requests.get(name)?.some((request) => request.kind === 'remove' && request.volumes),
    )
    .map(([name]) => name);
}

/** How a service is checked, as a part of its view; nothing where it is not checked. */
export function checkingOf(
  service: DesiredService | undefined,
  toolLock: ToolLock | undefined,
): Pick<ServiceView, 'settings' | 'toolRule'> {
  if (!service || service.verify.kind === 'none') return {};
  const { verify, spec } = service;
  const toolRule = verify.kind === 'mcp' ? ruleFor(service, toolLock) : undefined;
  const settings = verifySettings(verify, spec.path, toolRule);
  return { settings, ...(toolRule && { toolRule }) };
}

/** The release that proved itself last. */
export function acceptedRelease({ history }: Pick<ServiceView, 'history'>): string | undefined {
  return history.releases?.[0]?.release;
}

/** The latest request of a kind, if there is one. */
export function hasRequest<Kind extends Request['kind']>(
  view: Pick<ServiceView, 'requests'>,
  kind: Kind,
): (Request & { readonly kind: Kind }) | undefined {
  return view.requests.find(
    (request): request is Request & { readonly kind: Kind } => request.kind === kind,
  );
}

function inScope(name: string, { scope }: PlanInput): boolean {
  return scope === 'all' || scope.has(name);
}

function locateRoutes(input: PlanInput): readonly Route[] {
  if (!input.routes.ok) return [];
  const own = input.routes.routes.filter(({ service }) => inScope(service, input));
  return own.toSorted((a, b) => compare(a.slug, b.slug));
}
