import { readFile } from 'node:fs/promises';
import { createClient } from '../client/create-client.ts';
import type { Health } from '../control.ts';
import { AppError } from '../errors.ts';
import { hostOf, isLoopbackHost } from '../model/host-name.ts';
import { createApiControl } from './api-control.ts';
import { noManager } from './connection-error.ts';
import { note, type CliContext, type Server } from './context.ts';
import type { RunningManager } from './running-manager.ts';
import { createSend } from './send-request.ts';

/** No token is this long. */
const LONGEST_TOKEN_CHARACTERS = 16_384;

/**
 * The manager at `--server`. Throws MANAGER_UNREACHABLE, UNAUTHENTICATED, TIMED_OUT; CONFIG_INVALID for an address
 * that is none, and a token that cannot be read.
 */
export async function openServer(context: CliContext, server: Server): Promise<RunningManager> {
  const url = checkUrl(server.url);
  const token = await readToken(server.tokenFile);
  if (token !== undefined && url.protocol === 'http:' && !isLoopbackHost(hostOf(url.host))) {
    note(context, `Note: the token goes to ${url.host} in clear; https would keep it from others.`);
  }
  const client = createClient({
    url: url.href,
    send: createSend(),
    ...(token !== undefined && { token }),
  });
  const place = url.href.replace(/\/+$/, '');
  const control = createApiControl(client, place);
  const health = await control.health().catch((error: unknown) => toUnseen(error, server));
  if (!isHealth(health)) throw noManager(place, 'it says nothing of its health');
  if (health.version !== '' && health.version !== context.version) {
    note(context, `Note: the manager is ${health.version}, this program ${context.version}.`);
  }
  return { control, health };
}

/** As much as any manager tells; another server may answer anything. */
function isHealth(health: Partial<Health> | null | undefined): boolean {
  return typeof health?.managerId === 'string' && typeof health.version === 'string';
}

/** Who may see one workspace alone is not told how the manager is. */
function toUnseen(error: unknown, { tokenFile }: Server): Health {
  if (!(error instanceof AppError)) throw error;
  if (error.code === 'UNAUTHENTICATED') throw withWayIn(error, tokenFile);
  if (error.code !== 'FORBIDDEN') throw error;
  return {
    managerId: '',
    version: '',
    pid: 0,
    mode: 'auto',
    runtime: '',
    stateFolder: '',
    startedAtMs: 0,
    troubles: [],
    harmless: [],
  };
}

function withWayIn({ code, message }: AppError, tokenFile: string | undefined): AppError {
  const where = tokenFile ?? '--token-file FILE or MCP_MANAGER_TOKEN_FILE';
  return new AppError(code, message, {
    hint: `it is read from ${where}; \`mcp-manager token create\` prints one where the manager runs`,
  });
}

function checkUrl(text: string): URL {
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol)) {
    if (url.username === '' && url.password === '' && url.search === '') return url;
  }
  throw new AppError('CONFIG_INVALID', '--server is no address of a manager', {
    hint: 'it is like https://manager.example.org; a token belongs into a file: --token-file',
  });
}

async function readToken(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new AppError('CONFIG_INVALID', `the token cannot be read from ${file}`, {
      cause,
      hint: '--token-file names a file with nothing but the token',
    });
  });
  const token = text.trim();
  if (/^[\x21-\x7e]+$/.test(token) && token.length <= LONGEST_TOKEN_CHARACTERS) return token;
  throw new AppError('CONFIG_INVALID', `${file} holds no token`, {
    hint: '`mcp-manager token create` prints one where the manager runs; the file holds nothing else',
  });
}
