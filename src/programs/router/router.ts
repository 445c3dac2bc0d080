import type { FastifyInstance } from 'fastify';
import type { RouterStatus } from '../../model/router-program.ts';
import { openManagerLine } from './ask-manager.ts';
import { openControl } from './control.ts';
import { createInFlight } from './in-flight.ts';
import { listenOnPort } from './listen.ts';
import type { RouterOptions } from './options.ts';
import { createPublicApp } from './public-app.ts';
import type { Outside } from './remote-exchange.ts';
import { createRemotes } from './remotes.ts';
import { openRouteTable } from './route-table.ts';

const SWEEP_MS = 20;

export interface RunningRouter {
  readonly port: number;
  /** Takes no more connections and resolves when the last open exchange is over. */
  close(): Promise<void>;
}

/**
 * Serves the routes file's routes and, on the control socket, its own status and the way to remote
 * services. Throws PortTaken.
 */
export async function openRouter(
  options: RouterOptions,
  say: (line: string) => void,
  outside?: Partial<Outside>,
): Promise<RunningRouter> {
  const { routesFile, controlSocket, host, fingerprint } = options;
  const stop = new AbortController();
  const table = await openRouteTable({ file: routesFile, say, signal: stop.signal });
  const inFlight = createInFlight();
  const manager = openManagerLine(options.managerSocket);
  const { apiUrl, hostNames } = options;
  const app = createPublicApp({ table, inFlight, manager, apiUrl, hostNames: new Set(hostNames) });
  await listenOnPort(app, { host, port: options.port }, controlSocket);
  const port = portOf(app);
  const remotes = createRemotes(options.remotesPort, outside);
  const status = async (): Promise<RouterStatus> => {
    await table.reload();
    const generation = table.generation();
    return {
      pid: process.pid,
      port,
      fingerprint,
      generation,
      inFlight: inFlight.counts(),
      answeredAgoMs: inFlight.answeredAgoMs(),
    };
  };
  const control = await openControl(controlSocket, { status, remotes });
  return {
    port,
    async close() {
      stop.abort();
      await control.close();
      await closeWhenIdle(app);
      manager.close();
      // Not before: what was routed to them came that way.
      await remotes.close();
    },
  };
}

async function closeWhenIdle(app: FastifyInstance): Promise<void> {
  // Connections that are idle now are closed at once; one that falls idle later would be kept alive.
  const sweep = setInterval(() => app.server.closeIdleConnections(), SWEEP_MS);
  await app.close();
  clearInterval(sweep);
}

function portOf(app: FastifyInstance): number {
  const address = app.server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening on a port');
  return address.port;
}
