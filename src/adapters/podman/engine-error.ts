import { AppError } from '../../errors.ts';

/** An engine that refused, failed or did not answer. */
export class EngineError extends AppError {
  /** HTTP status of its answer; absent when there was none. */
  readonly status: number | undefined;
  /** For matching: the engine's innermost words, or the code of a network error (`ECONNREFUSED`). */
  readonly reason: string;

  constructor(
    message: string,
    options: { readonly status?: number; readonly reason: string; readonly hint?: string },
  ) {
    const { status, reason, hint } = options;
    const code = status === undefined ? 'ENGINE_UNAVAILABLE' : 'ENGINE_FAILED';
    super(code, message, hint === undefined ? {} : { hint });
    this.name = 'EngineError';
    this.status = status;
    this.reason = reason;
  }
}

/** What was asked for, or undefined where the engine has no such object. */
export async function orAbsent<T>(asking: Promise<T>): Promise<T | undefined> {
  try {
    return await asking;
  } catch (error) {
    if (error instanceof EngineError && isAbsent(error)) return undefined;
    throw error;
  }
}

/** A container that goes while it is looked at is a fault of the server to Podman. */
function isAbsent({ status, reason }: EngineError): boolean {
  return status === 404 || reason.includes('no such container');
}

export interface FailedCall {
  readonly socket: string;
  readonly what: string;
  /** The caller's own signal ended it. */
  readonly givenUp: boolean;
  readonly boundMs: number;
}

/** What dockerode rejected with, as people may read it: without request, body and stack of libraries. */
export function toEngineError(error: unknown, call: FailedCall): AppError {
  const { socket, what, givenUp, boundMs } = call;
  if (givenUp) return new AppError('TIMED_OUT', `${what} was given up.`);
  if (error instanceof AppError) return error;
  const { name, statusCode, json, code } = readError(error);
  if (statusCode !== undefined) {
    const { cause, message } = readAnswer(json);
    return new EngineError(`${what}: the engine answered ${statusCode}: ${message}`, {
      status: statusCode,
      reason: cause,
    });
  }
  if (name === 'TimeoutError' || name === 'AbortError') {
    const seconds = Math.ceil(boundMs / 1_000);
    return new EngineError(`${what}: the engine at ${socket} did not answer within ${seconds} s.`, {
      reason: 'TIMED_OUT',
      hint: 'look whether the machine is overloaded, or restart the engine; containers go on',
    });
  }
  const [reads, hint] = TRANSPORT[code] ?? [code, 'look whether the engine runs: `podman info`'];
  return new EngineError(`${what}: the engine at ${socket} cannot be asked: ${reads}.`, {
    reason: code,
    hint,
  });
}

const START =
  'start it: `systemctl --user start podman.socket`, or `podman system service --time=0`';
const TRANSPORT: Readonly<Record<string, readonly [reads: string, hint: string]>> = {
  ENOENT: ['there is no such socket', START],
  ECONNREFUSED: ['nobody listens there', START],
  ECONNRESET: ['it closed the connection', 'it is asked again by itself'],
  EPIPE: ['it closed the connection', 'it is asked again by itself'],
  EACCES: [
    'permission denied',
    'run the manager as the user of the engine, or name another socket with CONTAINER_HOST',
  ],
};

interface RawError {
  readonly name: string;
  readonly statusCode?: number;
  readonly json?: unknown;
  readonly code: string;
}

function readError(error: unknown): RawError {
  if (!(error instanceof Error)) return { name: '', code: String(error) };
  const { name, message, code, statusCode, json } = error as Error & Partial<RawError>;
  const status = typeof statusCode === 'number' ? { statusCode } : {};
  return { name, ...status, json, code: code ?? message };
}

/** Podman answers `{cause, message}`, Docker `{message}`, a proxy between anything. */
function readAnswer(json: unknown): { cause: string; message: string } {
  if (typeof json !== 'object' || json === null || Buffer.isBuffer(json)) {
    const text = (Buffer.isBuffer(json) ? json.toString() : '').slice(0, LONGEST_ANSWER);
    return { cause: text, message: text === '' ? 'nothing more' : text };
  }
  const { cause, message }: { readonly cause?: unknown; readonly message?: unknown } = json;
  const said = typeof message === 'string' ? message : JSON.stringify(json);
  const shown = said.slice(0, LONGEST_ANSWER);
  return { cause: typeof cause === 'string' ? cause : shown, message: shown };
}

/** Podman repeats the whole output of a failed program. */
const LONGEST_ANSWER = 2_000;
