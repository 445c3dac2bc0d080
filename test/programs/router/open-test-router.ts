import { request as sendRequest } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { writeFileAtomically } from '../../../src/atomic-file.ts';
import { formatRoutes } from '../../../src/model/router-program.ts';
import { REMOTES_PATH } from '../../../src/model/remote.ts';
import type { RemoteAnswer, RemoteCommand, RemoteReport } from '../../../src/model/remote.ts';
import type { RouterStatus } from '../../../src/model/router-program.ts';
import type { Route } from '../../../src/model/route.ts';
import type { Outside } from '../../../src/programs/router/remote-exchange.ts';
import type { RouterOptions } from '../../../src/programs/router/options.ts';
import { openRouter } from '../../../src/programs/router/router.ts';
import { createTempFolder } from '../../helpers/temp-folder.ts';

export interface TestRouter {
  /** What is answered on the control socket. */
  command(command: RemoteCommand): Promise<RemoteAnswer>;
  remotes(): Promise<readonly RemoteReport[]>;
  readonly base: string;
  readonly routesFile: string;
  /** What the program would say on stderr. */
  readonly said: readonly string[];
  /** Replaces the routes and waits until they are served. */
  put(routes: readonly Route[]): Promise<void>;
  status(): Promise<RouterStatus>;
}

/** The router program's inside in this process, on a port of its own; ends with the test. */
export async function openTestRouter(
  routes: readonly Route[],
  outside?: Partial<Outside>,
  more?: Partial<RouterOptions>,
): Promise<TestRouter> {
  const folder = await createTempFolder();
  const routesFile = join(folder, 'routes.json');
  const controlSocket = join(folder, 'control.sock');
  const said: string[] = [];
  await writeFileAtomically(routesFile, formatRoutes(routes));
  const options = {
    routesFile,
    controlSocket,
    hostNames: [],
    host: '127.0.0.1',
    port: 0,
    remotesPort: 0,
    keep: false,
    fingerprint: '',
    ...more,
  };
  const router = await openRouter(options, (line) => said.push(line), outside);
  onTestFinished(() => router.close());
  const status = (): Promise<RouterStatus> => readStatus(controlSocket);
  return {
    base: `http://127.0.0.1:${String(router.port)}`,
    routesFile,
    said,
    async put(next) {
      await writeFileAtomically(routesFile, formatRoutes(next));
      await status();
    },
    status,
    command: (command) => askControl(controlSocket, REMOTES_PATH, command),
    remotes: () => askControl(controlSocket, REMOTES_PATH),
  };
}

/** Asks a router's control socket for its status. */
export async function readStatus(controlSocket: string): Promise<RouterStatus> {
  return askControl(controlSocket, '/.router/status');
}

async function askControl<T>(socketPath: string, path: string, body?: object): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const post = { method: 'POST', headers: { 'content-type': 'application/json' } };
  sendRequest({ socketPath, path, ...(body && post) }, (response) => {
    text(response).then((answer) => resolve(JSON.parse(answer)), reject);
  })
    .on('error', reject)
    .end(body && JSON.stringify(body));
  return promise;
}

/** A route with one target per URL, named `<slug>-1`, `<slug>-2`, … */
export function routeTo(slug: string, urls: readonly string[], path = '/mcp'): Route {
  const targets = urls.map((url, index) => ({ instance: `${slug}-${String(index + 1)}`, url }));
  return { slug, service: slug, path, targets };
}
