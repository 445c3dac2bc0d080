import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '../../errors.ts';
import { formatRoutes, routesGeneration } from '../../model/router-program.ts';
import type { Log, Router } from '../../ports.ts';
import { createRouteWriter } from '../../route-writer.ts';
import { askStatus } from './ask-status.ts';
import { toBaseUrl } from './base-url.ts';
import { chooseKeptPort, readKeptPort } from './choose-port.ts';
import { createNoRouter } from './no-router.ts';
import { filesOf, prepareFiles } from './router-files.ts';
import { readRoutes, writeRoutes } from './routes-file.ts';

/** A router program reads its file within a second. */
const SERVED_WITHIN_MS = 5_000;
const ASK_AGAIN_MS = 50;

export interface LoneRouterOptions {
  readonly stateFolder: string;
  readonly host: string;
  /** 0: chosen once and kept in the state folder. */
  readonly port: number;
  readonly publicBaseUrl?: string;
  readonly log: Log;
}

/**
 * The embedded router where no manager runs: the routes are written, and served by the program that a
 * manager has left running, or once the next one starts it. A write throws ROUTER_UNAVAILABLE only when
 * a program is there and does not take it.
 */
export async function openLoneRouter(options: LoneRouterOptions): Promise<Router> {
  const { stateFolder, host, log } = options;
  const files = filesOf(stateFolder);
  await prepareFiles(files);
  const port = options.port === 0 ? await chooseKeptPort(files.port, host) : options.port;
  const isServed = (await askStatus(files.control)) !== undefined;
  const trouble = 'no router is running: the URLs answer once `mcp-manager run` is up';
  const writer = createRouteWriter({
    initial: await readRoutes(files.routes, log),
    format: (routes) => ({ text: formatRoutes(routes) }),
    write: ({ text }) => writeRoutes(files.routes, text),
    served: ({ text }) => untilServed(files.control, routesGeneration(text)),
  });
  return {
    baseUrl: toBaseUrl({ ...options, port }),
    observe: () => ({ ok: true, routes: writer.routes(), ...(!isServed && { trouble }) }),
    route: (route, signal) => writer.change(route.slug, route, signal),
    unroute: (slug, signal) => writer.change(slug, undefined, signal),
    async openCalls() {
      const status = await askStatus(files.control);
      return new Map(Object.entries(status?.inFlight ?? {}));
    },
    watch: () => undefined,
    close: async () => undefined,
  };
}

/** The same for whoever only looks: nothing is written. */
export async function peekAtRouter(options: LoneRouterOptions): Promise<Router> {
  const files = filesOf(options.stateFolder);
  const port = options.port === 0 ? await readKeptPort(files.port) : options.port;
  const routes = await readRoutes(files.routes, options.log);
  return createNoRouter({ baseUrl: toBaseUrl({ ...options, port: port ?? 0 }), routes });
}

async function untilServed(control: string, generation: string): Promise<void> {
  const endMs = performance.now() + SERVED_WITHIN_MS;
  while (performance.now() < endMs) {
    const status = await askStatus(control);
    if (status === undefined || status.generation === generation) return;
    await pause(ASK_AGAIN_MS);
  }
  throw new AppError('ROUTER_UNAVAILABLE', 'the router does not take its routes file');
}
