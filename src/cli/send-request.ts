import { request, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as requestSecurely } from 'node:https';
import { text } from 'node:stream/consumers';
import type { Send, Sent } from '../client/create-client.ts';
import { AppError } from '../errors.ts';

/** A plan looks at everything that runs, and may wait for slow runtimes. */
const LONGEST_WAIT_MS = 120_000;

/**
 * Sends over a unix socket, or over TCP as the URL says. Unlike `fetch` it ends no stream that is silent for
 * long. Throws MANAGER_UNREACHABLE, and TIMED_OUT where no answer begins.
 */
export function createSend(socketPath?: string): Send {
  return async (url, sent) => {
    try {
      const response = await open(url, sent, socketPath);
      return {
        status: response.statusCode ?? 0,
        body: named(response, url, socketPath),
        text: () => text(response),
      };
    } catch (error) {
      throw toAppError(error, { url, sent, socketPath });
    }
  };
}

function open(url: string, sent: Sent, socketPath?: string): Promise<IncomingMessage> {
  const { method, headers, body, signal } = sent;
  const options: RequestOptions = {
    method,
    headers,
    // A process that has nothing else to do must be able to end.
    agent: false,
    ...(socketPath !== undefined && { socketPath }),
    ...(signal && { signal }),
  };
  return new Promise((resolve, reject) => {
    const call = url.startsWith('https:') ? requestSecurely(url, options) : request(url, options);
    const timer = setTimeout(() => call.destroy(timedOut(url, LONGEST_WAIT_MS)), LONGEST_WAIT_MS);
    call.once('close', () => clearTimeout(timer)).once('error', reject);
    call.once('response', (response) => {
      clearTimeout(timer);
      resolve(response);
    });
    call.end(body);
  });
}

/** What breaks off in the middle is told like what never began. */
async function* named(
  response: IncomingMessage,
  url: string,
  socketPath: string | undefined,
): AsyncGenerator<Uint8Array> {
  try {
    yield* response;
  } catch (error) {
    throw toAppError(error, { url, socketPath });
  }
}

interface Attempt {
  readonly url: string;
  readonly sent?: Sent;
  readonly socketPath: string | undefined;
}

/** What Node says of a connection, in our words; errors that are words of the manager stay. */
function toAppError(error: unknown, { url, sent, socketPath }: Attempt): unknown {
  if (!(error instanceof Error) || !('code' in error) || error instanceof AppError) return error;
  if (isTimeout(sent?.signal)) return timedOut(url);
  if (socketPath !== undefined) {
    return new AppError('MANAGER_UNREACHABLE', `no manager answers on ${socketPath}`, {
      cause: error,
      hint: 'start one with `mcp-manager run`',
    });
  }
  const { origin } = new URL(url);
  if (isAboutTrust(String(error.code))) {
    return new AppError('MANAGER_UNREACHABLE', `${origin} is not trusted: ${error.message}`, {
      cause: error,
      hint: 'NODE_EXTRA_CA_CERTS=FILE makes an authority of your own known',
    });
  }
  return new AppError(
    'MANAGER_UNREACHABLE',
    `no manager answers at ${origin} (${String(error.code)})`,
    {
      cause: error,
      hint: 'is the address right, does `mcp-manager run` run there, and may this machine reach it?',
    },
  );
}

function isTimeout(signal: AbortSignal | undefined): boolean {
  return (
    signal?.aborted === true &&
    signal.reason instanceof DOMException &&
    signal.reason.name === 'TimeoutError'
  );
}

/** Codes of OpenSSL and of Node's TLS; `EPROTO`: no TLS is spoken there. */
function isAboutTrust(code: string): boolean {
  return /CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO_VERIFY|EPROTO/.test(code);
}

function timedOut(url: string, afterMs?: number): AppError {
  const within = afterMs === undefined ? 'in time' : `in ${afterMs} ms`;
  return new AppError(
    'TIMED_OUT',
    `the manager gave no answer to ${new URL(url).pathname} ${within}`,
  );
}
