import { toCanonicalJson } from '../model/canonical.ts';
import type { Step } from '../model/plan.ts';
import type { Route, RouteAuth, RouteTarget } from '../model/route.ts';
import type { DesiredService } from '../model/service.ts';
import type { Located } from './locate.ts';
import { compare } from './order.ts';
import type { ServiceView } from './view.ts';

interface Leads {
  /** An empty url stands for an address that is known only after the start. */
  readonly targets: readonly RouteTarget[];
  readonly draining?: readonly RouteTarget[];
  /** What the step does beside leading the traffic there, for people. */
  readonly note?: string | undefined;
}

/** Route steps that make the routes of one service lead to these instances; none when they do. */
export function routeSteps(
  { routes }: Pick<ServiceView, 'routes'>,
  desired: DesiredService,
  { targets, draining = [], note }: Leads,
): readonly Step[] {
  const route: Route = {
    slug: desired.slug,
    ...(desired.plainName !== undefined && { plainName: desired.plainName }),
    service: desired.name,
    path: desired.spec.path,
    ...authOf(desired),
    targets: targets.toSorted((a, b) => compare(a.instance, b.instance)),
    ...(draining.length > 0 && { draining }),
  };
  const held = routes.find(({ slug }) => slug === desired.slug);
  const stale = staleRoutes(routes, desired);
  if (targets.length === 0 || (held && isSame(held, route))) return stale;
  const led = causeOf(held, route);
  const cause = note === undefined ? led : `${led}; ${note}`;
  return [{ kind: 'route', route, reason: 'update_because_route_changed', cause }, ...stale];
}

/** What the routes are once these steps are done. */
export function routesAfter(
  { routes }: Pick<ServiceView, 'routes'>,
  steps: readonly Step[],
): readonly Route[] {
  return steps.reduce<readonly Route[]>((held, step) => {
    if (step.kind === 'unroute') return held.filter(({ slug }) => slug !== step.slug);
    if (step.kind !== 'route') return held;
    return [...held.filter(({ slug }) => slug !== step.route.slug), step.route];
  }, routes);
}

/** Whether traffic goes to the instance of this name. */
export function isTarget(routes: readonly Route[], name: string): boolean {
  return routes.some(({ targets }) => targets.some(({ instance }) => instance === name));
}

/** A running instance as the router reaches it. */
export function toTargets(instances: readonly Located[]): readonly RouteTarget[] {
  return instances.flatMap(({ name, url }) => (url === undefined ? [] : [{ instance: name, url }]));
}

/** Who is for one workspace reaches no service of another. */
function authOf({ auth, platform }: DesiredService): Pick<Route, 'auth'> {
  const workspace = platform?.workspaceId;
  return auth ? { auth: { ...auth, ...(workspace !== undefined && { workspace }) } } : {};
}

function staleRoutes(routes: readonly Route[], desired: DesiredService): readonly Step[] {
  return routes
    .filter(({ slug }) => slug !== desired.slug)
    .map(({ slug }): Step => ({
      kind: 'unroute',
      slug,
      reason: 'update_because_route_changed',
      cause: 'the slug changed',
    }));
}

function causeOf(held: Route | undefined, route: Route): string {
  const { targets, draining, auth, plainName } = route;
  if (held && !isSameAuth(held.auth, auth)) return authCauseOf(held.auth, auth);
  const stays = held && namesIn(held.targets) === namesIn(targets);
  if (stays && held.draining && !draining) return 'the last calls have ended';
  if (targets.some(({ url }) => url === '')) return 'to the verified instance';
  if (stays && held.plainName !== plainName) {
    return plainName === undefined ? 'its plain name is taken' : 'its plain name is free';
  }
  return held ? 'its instance moved' : 'not routed';
}

function authCauseOf(held: RouteAuth | undefined, auth: RouteAuth | undefined): string {
  if (!auth) return 'no token is asked for any more';
  return held ? 'other tokens are asked for' : 'a token is asked for';
}

function isSameAuth(a: RouteAuth | undefined, b: RouteAuth | undefined): boolean {
  return toCanonicalJson(a ?? null) === toCanonicalJson(b ?? null);
}

function namesIn(targets: readonly RouteTarget[]): string {
  return targets.map(({ instance }) => instance).join();
}

function isSame(a: Route, b: Route): boolean {
  if (a.path !== b.path || a.plainName !== b.plainName) return false;
  if (!isSameAuth(a.auth, b.auth) || !isSameList(a.targets, b.targets)) return false;
  return isSameList(a.draining ?? [], b.draining ?? []);
}

function isSameList(a: readonly RouteTarget[], b: readonly RouteTarget[]): boolean {
  if (a.length !== b.length) return false;
  return a.every(({ instance, url }, index) => {
    const target = b[index];
    return target?.instance === instance && target.url === url;
  });
}
