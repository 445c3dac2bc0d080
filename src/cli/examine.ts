import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { stateFolderOf, type Config } from '../config.ts';
import { formatError } from '../errors.ts';
import { checkSocketPath } from '../http/socket.ts';
import type { Health } from '../control.ts';
import type { CliContext } from './context.ts';
import { examineRouter } from './examine-router.ts';
import { examineRuntime } from './examine-runtime.ts';
import type { Finding } from './finding.ts';
import { findManager, SOCKET_NAME } from './running-manager.ts';

/** Long enough for a Redis on another machine, short enough for a person who waits. */
const CONNECT_TIMEOUT_MS = 2000;

/** Looks at everything that the manager needs, in the order in which it needs it. Changes nothing. */
export async function examine(context: CliContext, config: Config): Promise<readonly Finding[]> {
  const running = await findManager(context, config).catch(() => undefined);
  return [
    examineNode(),
    ...(await examineDocuments(context, config)),
    await examineFolder('templates', config.templatesFolder),
    ...(await examineRuntime(context, config, running?.health.runtime)),
    await examineState(context, config),
    examineManager(running?.health),
    ...examineServer(context),
    await examineRouter(context, config, running !== undefined),
    await examineRedis(config),
  ];
}

function examineManager(health: Health | undefined): Finding {
  const topic = 'manager';
  if (health === undefined) {
    return { topic, verdict: 'note', words: 'none is running', mend: 'mcp-manager run' };
  }
  const { pid, troubles, harmless } = health;
  if (troubles.length === 0) return { topic, verdict: 'good', words: `pid ${pid}` };
  const words = [`pid ${pid}`, ...troubles].join('; ');
  if (troubles.every((trouble) => harmless.includes(trouble)))
    return { topic, verdict: 'note', words, why: 'events wait; services do not' };
  const why = 'it runs, but says that it cannot do its work';
  const mend = '`mcp-manager status` and its log say more';
  return { topic, verdict: 'fault', words, why, mend };
}

/** Whoever is asked elsewhere is not looked at: this is about this machine. */
function examineServer({ server }: CliContext): readonly Finding[] {
  if (server === undefined) return [];
  const words = 'MCP_MANAGER_SERVER names a manager elsewhere: other commands ask that one';
  const mend = 'unset it where the manager of this machine is meant';
  return [{ topic: 'server', verdict: 'note', words, mend }];
}

/** As `engines` of package.json says: the first version whose type stripping is stable. */
const OLDEST_NODE = [24, 12] as const;

function examineNode(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [oldMajor, oldMinor] = OLDEST_NODE;
  const good = major > oldMajor || (major === oldMajor && minor >= oldMinor);
  const topic = 'node';
  if (good) return { topic, verdict: 'good', words: process.version };
  const why = 'it cannot run the sources as they are';
  const mend = `install Node ${OLDEST_NODE.join('.')} or newer`;
  return { topic, verdict: 'fault', words: process.version, why, mend };
}

async function examineDocuments(context: CliContext, config: Config): Promise<readonly Finding[]> {
  const documents = await context.openDocuments(config);
  const found = await documents.read(context.signal);
  const topic = 'documents';
  if (!found.ok) {
    const why = 'what should run is written there';
    return [{ topic, verdict: 'fault', words: found.cause, why, mend: 'mcp-manager init' }];
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
  const why = 'services whose documents name a template come from there';
  const mend = 'name another with --templates or TEMPLATES_DIR';
  return { topic, verdict: 'fault', words: `${folder} cannot be read`, why, mend };
}

async function examineState(context: CliContext, config: Config): Promise<Finding> {
  const topic = 'state';
  const managerId = config.managerId ?? (await context.readManagerId(config));
  if (config.stateFolder === undefined && managerId === undefined) {
    return { topic, verdict: 'note', words: `below ${config.stateRoot}, once there is an id` };
  }
  const folder = stateFolderOf(config, managerId ?? '');
  const why = "the manager's lock, socket and history lie there";
  const mend = 'set STATE_DIR to a folder that you may write';
  if (!(await isWritable(folder))) {
    return { topic, verdict: 'fault', words: `${folder} cannot be written`, why, mend };
  }
  try {
    checkSocketPath(join(folder, SOCKET_NAME));
    return { topic, verdict: 'good', words: folder };
  } catch (error) {
    return { topic, verdict: 'fault', words: formatError(error), why, mend };
  }
}

/** The folder, or the nearest one above it in which it would be made. */
async function isWritable(folder: string): Promise<boolean> {
  if (await may(folder, constants.F_OK)) return may(folder, constants.W_OK);
  return dirname(folder) !== folder && isWritable(dirname(folder));
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
