import { request, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as requestSecurely } from 'node:https';
import { text } from 'node:stream/consumers';
import type { Send, Sent } from '../client/create-client.ts';
import { type Attempt, timedOut, toAppError } from './connection-error.ts';

/** A plan looks at everything that runs, and may wait for slow runtimes. */
const LONGEST_WAIT_MS = 120_000;

/**
 * Sends over a unix socket, or over TCP as the URL says. Unlike `fetch` it ends no stream that is silent for
 * long. Throws MANAGER_UNREACHABLE, also where an answer breaks off, and TIMED_OUT where none begins, or one
 * that is no stream does not end.
 */
export function createSend(socketPath?: string): Send {
  return async (url, sent) => {
    const attempt: Attempt = { url, socketPath, signal: sent.signal, begun: false };
    try {
      const response = await open(sent, attempt);
      const begun = { ...attempt, begun: true };
      return {
        status: response.statusCode ?? 0,
        body: named(response, begun),
        text: () => readText(response, begun),
      };
    } catch (error) {
      throw toAppError(error, attempt);
    }
  };
}

function open(sent: Sent, attempt: Attempt): Promise<IncomingMessage> {
  const { method, headers, body, signal } = sent;
  const { url, socketPath } = attempt;
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
    const timer = endLater(call, attempt);
    call.once('close', () => clearTimeout(timer)).once('error', reject);
    call.once('response', (response) => {
      clearTimeout(timer);
      resolve(response);
    });
    call.end(body);
  });
}

async function readText(response: IncomingMessage, attempt: Attempt): Promise<string> {
  const timer = endLater(response, attempt);
  try {
    return await text(named(response, attempt));
  } finally {
    clearTimeout(timer);
  }
}

function endLater(
  waited: { readonly destroy: (error: Error) => unknown },
  attempt: Attempt,
): NodeJS.Timeout {
  const end = (): void => void waited.destroy(timedOut(attempt, LONGEST_WAIT_MS));
  return setTimeout(end, LONGEST_WAIT_MS);
}

/** What breaks off in the middle is told in our words too. */
async function* named(response: IncomingMessage, attempt: Attempt): AsyncGenerator<Uint8Array> {
  try {
    yield* response;
  } catch (error) {
    throw toAppError(error, attempt);
  }
}
