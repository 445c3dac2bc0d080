import type { Instance, Observation } from '../model/instance.ts';
import type { Route, RouteObservation } from '../model/route.ts';
import type { Prober, Router } from '../ports.ts';
import { answerWithin } from './answer-within.ts';

const ANSWER_DEADLINE_MS = 2_000;

export interface OpenCallsOptions {
  readonly router: Router;
  readonly prober: Prober;
  readonly observations: ReadonlyMap<string, Observation>;
  readonly routes: RouteObservation;
}

/** What is still open at instances that have lost the traffic to another one; asked only while there are any. */
export async function countOpenCalls(
  { router, prober, observations, routes }: OpenCallsOptions,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const draining = routes.ok ? findDraining(observations, routes.routes) : [];
  if (draining.length === 0) return new Map();
  const within = { withinMs: ANSWER_DEADLINE_MS, signal, late: undefined };
  const routed = answerWithin(within, (deadline) => router.openCalls(deadline));
  const counted = draining.map(async ({ name, url, spec }) => {
    // Only the bridge knows of sessions between two calls.
    const count =
      spec?.transport === 'stdio' && url !== undefined
        ? await answerWithin(within, (deadline) => prober.openCalls(url, deadline))
        : (await routed) && ((await routed)?.get(name) ?? 0);
    return count === undefined ? [] : [[name, count] as const];
  });
  return new Map((await Promise.all(counted)).flat());
}

function findDraining(
  observations: ReadonlyMap<string, Observation>,
  routes: readonly Route[],
): readonly Instance[] {
  const running = [...observations.values()].flatMap((seen) =>
    seen.ok ? seen.instances.filter(({ state }) => state === 'running') : [],
  );
  const counts = new Map<string, number>();
  for (const { service } of running) counts.set(service, (counts.get(service) ?? 0) + 1);
  if (counts.size === running.length) return [];
  const serving = new Set(routes.flatMap(({ targets }) => targets.map(({ instance }) => instance)));
  return running.filter(
    ({ name, service }) => (counts.get(service) ?? 0) > 1 && !serving.has(name),
  );
}
