import type { Route, RouteTarget } from '../../model/route.ts';

/**
 * Picks the target of each request: the instance that a legacy session id names
 * (`<instance>.<random>`, as the bridge makes them), else one after the other.
 */
export function createTargetChooser(): (
  route: Route,
  sessionId: string | undefined,
) => RouteTarget | undefined {
  let turn = 0;
  return ({ targets, draining = [] }, sessionId) => {
    const isOwner = ({ instance }: RouteTarget): boolean =>
      sessionId?.startsWith(`${instance}.`) ?? false;
    const owner = [...targets, ...draining].find(isOwner);
    turn = (turn + 1) % Number.MAX_SAFE_INTEGER;
    return owner ?? targets[turn % targets.length];
  };
}
