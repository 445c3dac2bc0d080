import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { stateFolderOf, type Config } from '../config.ts';
import type { CliContext } from './context.ts';
import type { Finding } from './finding.ts';

const TOPIC = 'router';
/** Traefik answers from memory; a person waits. */
const ANSWER_WITHIN_MS = 2_000;

/** Whether traffic can be served: by a router of this fleet that serves already, or one that could. */
export async function examineRouter(
  context: CliContext,
  config: Config,
  managerRuns: boolean,
): Promise<Finding> {
  switch (config.router) {
    case 'none':
      return { topic: TOPIC, verdict: 'note', words: 'none: no URL is served' };
    case 'embedded':
      return examineEmbedded(context, config, managerRuns);
    case 'traefik':
      return examineTraefik(config);
  }
}

async function examineEmbedded(
  context: CliContext,
  config: Config,
  managerRuns: boolean,
): Promise<Finding> {
  const { routerPort } = config;
  const words = `embedded, port ${routerPort === 0 ? 'chosen once and kept' : routerPort}`;
  if (managerRuns) return { topic: TOPIC, verdict: 'good', words };
  const pid = await findKeptRouter(context, config);
  if (pid !== undefined) {
    return { topic: TOPIC, verdict: 'good', words: `${words}; process ${pid} serves on` };
  }
  if (routerPort === 0 || (await isFree(routerPort))) {
    return { topic: TOPIC, verdict: 'good', words };
  }
  return {
    topic: TOPIC,
    verdict: 'fault',
    words: `port ${routerPort} is taken`,
    why: 'the embedded router serves every service on it',
    mend: `free port ${routerPort}, or set ROUTER_PORT`,
  };
}

/** Any answer will do: what exactly is served the manager itself asks, and tells as trouble. */
async function examineTraefik({ traefik, routerPort }: Config): Promise<Finding> {
  const url = traefik.apiUrl ?? `http://127.0.0.1:${routerPort}`;
  const answers = await fetch(url, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) }).then(
    () => true,
    () => false,
  );
  if (answers) {
    const words = `Traefik at ${url}, told by ${dirname(traefik.file)}`;
    return { topic: TOPIC, verdict: 'good', words };
  }
  return {
    topic: TOPIC,
    verdict: 'fault',
    words: `Traefik does not answer at ${url}`,
    why: 'it serves every service; they run on meanwhile',
    mend: 'start it (docs/routing.md), or mend TRAEFIK_API_URL or ROUTER_PORT',
  };
}

/** On a container engine the router goes on without a manager. */
async function findKeptRouter(context: CliContext, config: Config): Promise<number | undefined> {
  const managerId = config.managerId ?? (await context.readManagerId(config));
  if (config.stateFolder === undefined && managerId === undefined) return undefined;
  // A folder whose path is too long for a socket is told as a fault of the state folder.
  return context.findRouter(stateFolderOf(config, managerId ?? '')).catch(() => undefined);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
