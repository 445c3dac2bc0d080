import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { RemoteAnswer, RemoteCommand, RemoteReport } from '../../model/remote.ts';
import { resolveBySystem } from './checked-lookup.ts';
import { errorCode } from './error-code.ts';
import { exchange } from './remote-exchange.ts';
import type { Outside } from './remote-exchange.ts';
import { toRemotePath } from './remote-path.ts';
import { createRemoteTable } from './remote-table.ts';
import type { RemoteTable } from './remote-table.ts';

const LOOPBACK = '127.0.0.1';
/** Of one remote server, streams included; more are told to come again. */
const MOST_OPEN = 1_000;

export interface Remotes {
  perform(command: RemoteCommand): Promise<RemoteAnswer>;
  list(): readonly RemoteReport[];
  close(): Promise<void>;
}

/**
 * The way to servers that run elsewhere: `http://127.0.0.1:<port>/<instance>/…` on this machine alone. It
 * listens from the first of them on, at the port given, or at another where that is taken.
 */
export function createRemotes(port: number, outside: Partial<Outside> = {}): Remotes {
  const table = createRemoteTable();
  const ways = { resolve: resolveBySystem, ...outside };
  const server = createServer((request, response) => answer({ request, response, table }, ways));
  let listening: Promise<void> | undefined;
  const forget = (): void => void (listening = undefined);
  return {
    async perform(command) {
      if (!server.listening) await (listening ??= listen(server, port).finally(forget));
      return table.perform(command);
    },
    list: () => table.list(originOf(server)),
    async close() {
      if (!server.listening) return;
      server.close();
      server.closeIdleConnections();
      await once(server, 'close');
    },
  };
}

interface Asked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly table: RemoteTable;
}

function answer({ request, response, table }: Asked, ways: Outside): void {
  const { name = '', path = '/', query = '' } = TARGET.exec(request.url ?? '')?.groups ?? {};
  const remote = table.find(name);
  if (remote === undefined) {
    return refuse(response, 503, { error: 'no_target', message: 'It is not served here now.' });
  }
  if (!isLocalOrigin(request.headers.origin)) {
    const message = 'Pages of other sites may not use it: its document may hold credentials.';
    return refuse(response, 403, { error: 'origin_not_allowed', message });
  }
  const target = toRemotePath(remote.url, path, query);
  if (target === undefined) {
    const message = 'Only the endpoint of the service and what lies below it is served.';
    return refuse(response, 404, { error: 'path_not_served', message });
  }
  if (remote.open.size >= MOST_OPEN) {
    return refuse(response, 503, { error: 'too_many', message: 'Too many requests are open.' });
  }
  exchange({ request, response, remote, path: target }, ways);
}

const TARGET = /^\/(?<name>[^/?]+)(?<path>\/[^?]*)?(?<query>\?.*)?$/;

/** Programs send no origin; a page of this machine is its user's own (MCP, Streamable HTTP: DNS rebinding). */
function isLocalOrigin(origin: string | undefined): boolean {
  if (origin === undefined) return true;
  return URL.canParse(origin) && LOCAL_NAMES.has(new URL(origin).hostname);
}

const LOCAL_NAMES: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

function refuse(response: ServerResponse, status: number, body: object): void {
  const headers = { 'content-type': 'application/json', 'retry-after': '1' };
  response.writeHead(status, headers).end(JSON.stringify(body));
}

async function listen(server: Server, port: number): Promise<void> {
  try {
    await once(server.listen(port, LOOPBACK), 'listening');
  } catch (error) {
    if (errorCode(error) !== 'EADDRINUSE') throw error;
    await once(server.listen(0, LOOPBACK), 'listening');
  }
}

function originOf(server: Server): string {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return `http://${LOOPBACK}:${port}`;
}
