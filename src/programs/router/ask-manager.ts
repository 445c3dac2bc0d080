import { Agent, request as sendRequest } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';

/** It compares a hash; a manager that is busy or gone is not waited for any longer. */
const ANSWER_WITHIN_MS = 5_000;
/** Of one answer, which is a few words. */
const LARGEST_BYTES = 64 * 1024;
/** More questions than that wait for a connection. */
const MOST_CONNECTIONS = 64;

export interface ManagerAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface ManagerQuestion {
  /** With its query. */
  readonly path: string;
  readonly authorization?: string | undefined;
  /** Address of the client that asks. */
  readonly client?: string | undefined;
}

export interface ManagerLine {
  /** Undefined when the manager does not answer. Never throws. */
  ask(question: ManagerQuestion): Promise<ManagerAnswer | undefined>;
  close(): void;
}

/** The way to the manager, on its socket, which only its own user can open. */
export function openManagerLine(socketPath: string | undefined): ManagerLine {
  const agent = new Agent({ keepAlive: true, maxSockets: MOST_CONNECTIONS });

  function ask({ path, authorization, client }: ManagerQuestion) {
    const { promise, resolve } = Promise.withResolvers<ManagerAnswer | undefined>();
    const headers = {
      ...(authorization !== undefined && { authorization }),
      ...(client !== undefined && { 'x-forwarded-for': client }),
    };
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    const silent = (): void => resolve(undefined);
    sendRequest({ agent, socketPath, path, headers, signal }, (response) => {
      const parts: Buffer[] = [];
      let bytes = 0;
      response.on('data', (part: Buffer) => {
        bytes += part.length;
        if (bytes > LARGEST_BYTES) response.destroy();
        else parts.push(part);
      });
      response.once('error', silent).once('close', silent);
      response.once('end', () => {
        const { statusCode: status = 0, headers: answered } = response;
        resolve({ status, headers: answered, body: Buffer.concat(parts).toString('utf8') });
      });
    })
      .once('error', silent)
      .end();
    return promise;
  }

  return {
    ask: async (question) => (socketPath === undefined ? undefined : ask(question)),
    close: () => agent.destroy(),
  };
}
