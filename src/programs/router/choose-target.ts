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
  return ({ targets }, sessionId) => {
    if (targets.length < 2) return targets[0];
    const owner = targets.find(({ instance }) => sessionId?.startsWith(`${instance}.`));
    turn = (turn + 1) % Number.MAX_SAFE_INTEGER;
    return owner ?? targets[turn % targets.length];
  };
}
