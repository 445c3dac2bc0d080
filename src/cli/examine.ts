import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { stateFolderOf, type Config } from '../config.ts';
import { formatError } from '../errors.ts';
import { checkSocketPath } from '../http/socket.ts';
import type { CliContext } from './context.ts';
import { examineRuntime } from './examine-runtime.ts';
import type { Finding } from './finding.ts';
import { findManager, SOCKET_NAME } from './open-control.ts';

/** Long enough for a Redis on another machine, short enough for a person who waits. */
const CONNECT_TIMEOUT_MS = 2000;

/** Looks at everything that the manager needs, in the order in which it needs it. Changes nothing. */
export async function examine(context: CliContext, config: Config): Promise<readonly Finding[]> {
  const running = await findManager(context, config).catch(() => undefined);
  const manager: Finding =
    running === undefined
      ? { topic: 'manager', verdict: 'note', words: 'none is running', mend: 'mcp-manager run' }
      : {
          topic: 'manager',
          verdict: running.health.troubles.length === 0 ? 'good' : 'fault',
          words: [`pid ${running.health.pid}`, ...running.health.troubles].join('; '),
        };
  return [
    examineNode(),
    ...(await examineDocuments(context, config)),
    await examineFolder('templates', config.templatesFolder),
    ...(await examineRuntime(context, config, running?.health.runtime)),
    await examineState(context, config),
    manager,
    await examineRouter(config, running !== undefined),
    await examineRedis(config),
  ];
}

/** As `engines` of package.json says: the first version whose type stripping is stable. */
const OLDEST_NODE = [24, 12] as const;

function examineNode(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [oldMajor, oldMinor] = OLDEST_NODE;
  const good = major > oldMajor || (major === oldMajor && minor >= oldMinor);
  const mend = good ? {} : { mend: `install Node ${OLDEST_NODE.join('.')} or newer` };
  return { topic: 'node', verdict: good ? 'good' : 'fault', words: process.version, ...mend };
}

async function examineDocuments(context: CliContext, config: Config): Promise<readonly Finding[]> {
  const documents = await context.openDocuments(config);
  const found = await documents.read(context.signal);
  const topic = 'documents';
  if (!found.ok) {
    return [{ topic, verdict: 'fault', words: found.cause, mend: 'mcp-manager init' }];
  }
  const managerId = config.managerId ?? found.managerId;
  const words = `${config.desiredFolder}: ${found.documents.length} files`;
  const mend = 'mcp-manager init, or set MANAGER_ID';
  return [
    { topic, verdict: 'good', words },
    managerId === undefined
      ? { topic: 'manager id', verdict: 'note', words: 'none yet; the first run makes one', mend }
      : { topic: 'manager id', verdict: 'good', words: managerId },
  ];
}

async function examineFolder(topic: string, folder: string): Promise<Finding> {
  const readable = await may(folder, constants.R_OK);
  if (readable) return { topic, verdict: 'good', words: folder };
  const mend = 'name another with --templates or TEMPLATES_DIR';
  return { topic, verdict: 'fault', words: `${folder} cannot be read`, mend };
}

async function examineState(context: CliContext, config: Config): Promise<Finding> {
  const topic = 'state';
  const managerId = config.managerId ?? (await context.readManagerId(config));
  if (config.stateFolder === undefined && managerId === undefined) {
    return { topic, verdict: 'note', words: `below ${config.stateRoot}, once there is an id` };
  }
  const folder = stateFolderOf(config, managerId ?? '');
  const mend = 'set STATE_DIR to a folder that you may write';
  if (!(await isWritable(folder))) {
    return { topic, verdict: 'fault', words: `${folder} cannot be written`, mend };
  }
  try {
    checkSocketPath(join(folder, SOCKET_NAME));
    return { topic, verdict: 'good', words: folder };
  } catch (error) {
    return { topic, verdict: 'fault', words: formatError(error), mend };
  }
}

/** The folder, or the nearest one above it in which it would be made. */
async function isWritable(folder: string): Promise<boolean> {
  if (await may(folder, constants.F_OK)) return may(folder, constants.W_OK);
  return dirname(folder) !== folder && isWritable(dirname(folder));
}

async function examineRouter({ router, routerPort }: Config, running: boolean): Promise<Finding> {
  const topic = 'router';
  if (router === 'none') return { topic, verdict: 'note', words: 'none: no URL is served' };
  const words = `embedded, port ${routerPort === 0 ? 'chosen once and kept' : routerPort}`;
  if (running || routerPort === 0 || (await isFree(routerPort))) {
    return { topic, verdict: 'good', words };
  }
  const mend = `free port ${routerPort}, or set ROUTER_PORT`;
  const why = 'the embedded router serves every service on it';
  return { topic, verdict: 'fault', words: `port ${routerPort} is taken`, why, mend };
}

async function examineRedis({ redisUrl }: Config): Promise<Finding> {
  const topic = 'redis';
  if (redisUrl === undefined)
    return { topic, verdict: 'note', words: 'off (REDIS_URL is not set)' };
  const { hostname, port } = new URL(redisUrl);
  const place = `${hostname}:${port === '' ? 6379 : port}`;
  if (await answers(hostname, Number(port || 6379))) {
    return { topic, verdict: 'good', words: `${place} answers` };
  }
  const mend = 'start Redis there, or mend REDIS_URL';
  const why = 'events are kept meanwhile; services run on';
  return { topic, verdict: 'note', words: `${place} does not answer`, why, mend };
}

async function may(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: CONNECT_TIMEOUT_MS });
    const end = (answered: boolean) => () => {
      socket.destroy();
      resolve(answered);
    };
    socket.once('connect', end(true)).once('error', end(false)).once('timeout', end(false));
  });
}
