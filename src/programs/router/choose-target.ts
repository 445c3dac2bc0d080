import type { Route, RouteTarget } from '../../model/route.ts';

/**
 * Picks the target of each request: the instance that a legacy session id names
 * (`<instance>.<random>`, as the bridge makes them), else one after the other.
 */
export function createTargetChooser(): (
  route: Route,
  sessionId: string | undefined,
) => RouteTarget | undefined {
  // By route, so that requests to others do not keep the turn of one; gone with the route.
  const turns = new WeakMap<Route, number>();
  return (route, sessionId) => {
    const { targets, draining = [] } = route;
    const isOwner = ({ instance }: RouteTarget): boolean =>
      sessionId?.startsWith(`${instance}.`) ?? false;
    const owner = [...targets, ...draining].find(isOwner);
    const turn = ((turns.get(route) ?? -1) + 1) % Math.max(1, targets.length);
    turns.set(route, turn);
    return owner ?? targets[turn];
  };
}
