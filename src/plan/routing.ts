import type { Step } from '../model/plan.ts';
import type { Route } from '../model/route.ts';
import type { DesiredService } from '../model/service.ts';
import type { Located } from './locate.ts';
import type { ServiceView } from './view.ts';

/** Route steps that bring the routes of one service to its current instance; none when they hold. */
export function routeSteps(
  view: ServiceView,
  desired: DesiredService,
  current: Located | undefined,
): readonly Step[] {
  const wanted = current?.url === undefined ? undefined : toRoute(desired, current, current.url);
  const held = view.routes.find(({ slug }) => slug === desired.slug);
  const reason = 'update_because_route_changed';
  const route: Step[] =
    wanted && !isSame(held, wanted)
      ? [
          {
            kind: 'route',
            route: wanted,
            reason,
            cause: held ? 'its instance moved' : 'not routed',
          },
        ]
      : [];
  return [...route, ...staleRoutes(view, desired)];
}

function staleRoutes({ routes }: ServiceView, desired: DesiredService): readonly Step[] {
  return routes
    .filter(({ slug }) => slug !== desired.slug)
    .map(({ slug }): Step => ({
      kind: 'unroute',
      slug,
      reason: 'update_because_route_changed',
      cause: 'the slug changed',
    }));
}

/** The route that will be needed once the instance runs: its address is known after the start. */
export function laterRoute(
  view: ServiceView,
  desired: DesiredService,
  instance: string,
): readonly Step[] {
  const route: Step = {
    kind: 'route',
    route: {
      slug: desired.slug,
      service: desired.name,
      path: desired.spec.path,
      targets: [{ instance, url: '' }],
    },
    reason: 'update_because_route_changed',
    cause: 'to the verified instance',
  };
  return [route, ...staleRoutes(view, desired)];
}

function toRoute(desired: DesiredService, current: Located, url: string): Route {
  return {
    slug: desired.slug,
    service: desired.name,
    path: desired.spec.path,
    targets: [{ instance: current.name, url }],
  };
}

function isSame(a: Route | undefined, b: Route): boolean {
  if (a?.path !== b.path || a.targets.length !== b.targets.length) return false;
  return a.targets.every(({ instance, url }, index) => {
    const target = b.targets[index];
    return target?.instance === instance && target.url === url;
  });
}
