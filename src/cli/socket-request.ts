import { request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { AppError, ERROR_CODES, type ErrorCode } from '../errors.ts';
import type { ProblemDocument } from '../http/problem-document.ts';

/** A plan looks at everything that runs, and may wait for slow runtimes. */
const DEFAULT_TIMEOUT_MS = 120_000;
/** One event, status or line of output is far smaller; bounds memory against a broken peer. */
const LONGEST_LINE_CHARACTERS = 16 * 1024 * 1024;

export interface SocketRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly path: string;
  readonly body?: unknown;
  /** Until the answer begins. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface SocketCaller {
  /** The whole answer as JSON; undefined where there is none. */
  readonly ask: <Answer>(wanted: SocketRequest) => Promise<Answer>;
  /** Each line of the answer as JSON, as it comes. Ends quietly when the signal aborts. */
  readonly stream: <Item>(wanted: SocketRequest) => AsyncIterable<Item>;
}

/**
 * Calls the API on a unix socket. Throws MANAGER_UNREACHABLE when nobody answers, and the AppError
 * that the manager threw.
 */
export function createSocketCaller(socketPath: string): SocketCaller {
  return {
    async ask(wanted) {
      const response = await send(socketPath, wanted);
      const body = await readBody(response);
      return body === '' ? undefined : JSON.parse(body);
    },
    async *stream(wanted) {
      try {
        const response = await send(socketPath, wanted);
        for await (const line of readLines(response)) yield toItem(line);
      } catch (error) {
        if (wanted.signal?.aborted !== true) throw toAppError(error, socketPath);
      }
    },
  };
}

async function send(socketPath: string, wanted: SocketRequest): Promise<IncomingMessage> {
  const response = await openResponse(socketPath, wanted).catch((error: unknown) => {
    throw toAppError(error, socketPath);
  });
  if ((response.statusCode ?? 0) < 400) return response;
  const body = await readBody(response);
  throw toThrown(JSON.parse(body));
}

function openResponse(socketPath: string, wanted: SocketRequest): Promise<IncomingMessage> {
  const { method, path, body, headers, signal, timeoutMs = DEFAULT_TIMEOUT_MS } = wanted;
  return new Promise((resolve, reject) => {
    const call = request({
      socketPath,
      method,
      path,
      // A process that has nothing else to do must be able to end.
      agent: false,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(signal && { signal }),
    });
    const timer = setTimeout(() => call.destroy(toTimedOut(path, timeoutMs)), timeoutMs);
    call.once('close', () => clearTimeout(timer)).once('error', reject);
    call.once('response', (response) => {
      clearTimeout(timer);
      resolve(response);
    });
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

async function readBody(response: IncomingMessage): Promise<string> {
  return text(response);
}

async function* readLines(response: IncomingMessage): AsyncGenerator<string> {
  let rest = '';
  response.setEncoding('utf8');
  for await (const chunk of response) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LONGEST_LINE_CHARACTERS) throw new Error('a line of the answer has no end');
    yield* lines.filter((line) => line !== '');
  }
  if (rest !== '') yield rest;
}

/** One item, or the error with which the manager ended the stream. */
function toItem(line: string) {
  const item = JSON.parse(line);
  if (isProblemLine(item)) throw toThrown(item.problem);
  return item;
}

function isProblemLine(item: unknown): item is { readonly problem: ProblemDocument } {
  return typeof item === 'object' && item !== null && 'problem' in item;
}

/** Codes that this version knows become the AppError again; others keep their words. */
function toThrown({ code, detail, hint, problems = [] }: ProblemDocument): Error {
  if (!isErrorCode(code)) return new Error(hint === undefined ? detail : `${detail} (${hint})`);
  return new AppError(code, detail, { problems, ...(hint !== undefined && { hint }) });
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_CODES, code);
}

function toTimedOut(path: string, timeoutMs: number): AppError {
  return new AppError('TIMED_OUT', `the manager gave no answer to ${path} in ${timeoutMs} ms`);
}

/** What Node says of a socket, in our words; errors that are words of the manager stay. */
function toAppError(error: unknown, socketPath: string): unknown {
  if (!(error instanceof Error) || !('code' in error) || error instanceof AppError) return error;
  return new AppError('MANAGER_UNREACHABLE', `no manager answers on ${socketPath}`, {
    cause: error,
    hint: 'start one with `mcp-manager run`',
  });
}
