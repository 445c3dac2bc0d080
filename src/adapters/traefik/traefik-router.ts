import { AppError } from '../../errors.ts';
import type { Route, RouteObservation } from '../../model/route.ts';
import type { Log, Router } from '../../ports.ts';
import { askApi } from './ask-api.ts';
import { askBoth } from './ask-both.ts';
import { askThrough } from './ask-through.ts';
import type { ManagerApi } from './configuration.ts';
import type { ReadYaml } from './foreign-files.ts';
import { checkRoute, type RoutesFile } from './routes-file.ts';
import { openRoutesKeeper } from './routes-keeper.ts';
import type { Serving } from './serving.ts';

/** More faults help nobody. */
const MOST_FAULTS_TOLD = 3;

export interface TraefikRouterOptions {
  /** The file that this manager alone writes, in the folder that Traefik's file provider watches. */
  readonly file: string;
  readonly managerId: string;
  /** Where Traefik asks whose tokens are good; absent: a route that asks for one is refused. */
  readonly api?: ManagerApi;
  /** By which clients call it, beside addresses and names of this machine; without ports. */
  readonly hostNames?: readonly string[];
  /** Where Traefik's entry point `web` is reached from here: `http://127.0.0.1:7999`. */
  readonly entryUrl: string;
  /** Where Traefik's API answers; without it Traefik is asked through its entry point alone. */
  readonly apiUrl?: string;
  /** What services are reached at from outside, when another address than the entry point's. */
  readonly publicBaseUrl?: string;
  readonly readYaml: ReadYaml;
  /** How long a write waits for Traefik; default: 5 seconds. */
  readonly servedWithinMs?: number;
  readonly log: Log;
}

/**
 * Routes by Traefik's file provider; Traefik itself is run by somebody else. Resolves also while it does
 * not answer: `observe()` then says so. A write resolves when Traefik serves it; else ROUTER_UNAVAILABLE
 * (in 5 seconds), ROUTE_REFUSED or STATE_UNWRITABLE. Throws CONFIG_INVALID for a file of another manager.
 */
export async function openTraefikRouter(options: TraefikRouterOptions): Promise<Router> {
  const { managerId, entryUrl, apiUrl, publicBaseUrl } = options;
  const through = askThrough(entryUrl, managerId);
  const ask = apiUrl === undefined ? through : askBoth(askApi(apiUrl, managerId), through);
  const { writer, serving, written } = await openRoutesKeeper({ ...options, ask });
  const observe = (): RouteObservation => toObservation(serving, written());
  const stop = new AbortController();
  serving.onChange(tellChanges(observe, options.log), stop.signal);
  return {
    baseUrl: publicBaseUrl ?? entryUrl,
    observe,
    async route(route, signal) {
      checkRoute(route);
      if (route.auth && !options.api) throw refuseAuth(route);
      await writer.change(route.slug, route, signal);
      const answer = serving.answer();
      const fault = answer.kind === 'answers' ? answer.faults.get(route.slug) : undefined;
      if (fault !== undefined) throw new AppError('ROUTER_UNAVAILABLE', fault);
    },
    unroute: (slug, signal) => writer.change(slug, undefined, signal),
    openCalls: () => Promise.resolve(undefined),
    watch: (wake, signal) => serving.onChange(wake, signal),
    close() {
      stop.abort();
      return serving.close();
    },
  };
}

function refuseAuth({ service }: Route): AppError {
  const why = 'nobody can tell Traefik whose tokens are good: the port of the API is not known';
  return new AppError('ROUTE_REFUSED', `${service} asks for a token, and ${why}`, {
    hint: 'set SERVER_PORT to another port than 0, or MANAGER_SERVICE_URL',
  });
}

/** What Traefik really serves: an older file, while it does not take the newer one. */
function toObservation(serving: Serving, written: readonly RoutesFile[]): RouteObservation {
  const answer = serving.answer();
  if (answer.kind === 'silent') return { ok: false, cause: answer.cause };
  const file = written.find(({ generation }) => generation === answer.generation);
  const trouble = serving.trouble();
  if (file === undefined) {
    return { ok: false, cause: trouble ?? 'Traefik does not serve the routes yet' };
  }
  const faults = [...answer.faults.values()].slice(0, MOST_FAULTS_TOLD);
  const troubles = trouble === undefined ? faults : [trouble, ...faults];
  const routes = file.routes.filter(({ slug }) => !answer.faults.has(slug));
  return { ok: true, routes, ...(troubles.length > 0 && { trouble: troubles.join('; ') }) };
}

/** Says in the log what is wrong, once, and that it is over. */
function tellChanges(observe: () => RouteObservation, log: Log): () => void {
  let told: string | undefined;
  return () => {
    const seen = observe();
    const cause = seen.ok ? seen.trouble : seen.cause;
    if (cause === told) return;
    told = cause;
    if (cause === undefined) log.info({}, 'Traefik serves the routes as they are written');
    else log.warn({ cause }, 'Traefik does not serve the routes as they are written');
  };
}
