import { availableParallelism } from 'node:os';
import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { orAborted } from '../../or-aborted.ts';
import { createCallSlots, createLingeringSlots, type Urgency } from './call-slots.ts';
import { createAgent, createDocker, dial, dialStream, type EngineRequest } from './engine-dial.ts';
import { EngineError, toEngineError } from './engine-error.ts';

export type { EngineRequest } from './engine-dial.ts';

/** One client of one engine's socket. What fails is an EngineError, or TIMED_OUT by the caller's signal. */
export interface Engine {
  readonly socket: string;
  /**
   * A call of the Docker-compatible API. Its options go as `{_query, _body, abortSignal}`: dockerode
   * writes all others into the URL as well, secrets too.
   */
  docker<T>(
    options: CallOptions,
    call: (docker: Docker, abortSignal: AbortSignal) => Promise<T>,
  ): Promise<T>;
  /**
   * A call of Podman's own API, `path` below its version: `/containers/json`. Answers the JSON, or
   * what was sent instead, also for a 304 (already so).
   */
  libpod(options: CallOptions, request: EngineRequest): Promise<unknown>;
  /**
   * Opens an answer without an end (events, logs, progress), of either API. It takes no slot, has no
   * deadline once it is open, and ends with the signal.
   */
  stream(options: StreamOptions, request: EngineRequest): Promise<Readable>;
  close(): void;
}

export interface StreamOptions {
  readonly signal: AbortSignal;
  /** What is done, for messages: `start mcp-echo-1`. Nothing secret. */
  readonly what: string;
  /** How long the engine may take once it is asked; default 60 s. `Infinity`: as long as it takes. */
  readonly deadlineMs?: number;
}

export interface CallOptions extends StreamOptions {
  /** Which of the waiting calls comes first; default `run`. */
  readonly urgency?: Urgency;
  /** The engine mostly waits for a program to end: after a second it needs no slot. */
  readonly lingers?: boolean;
  /** May be sent again when a kept connection was dead; default: a GET by `libpod` may. */
  readonly idempotent?: boolean;
}

export interface EngineOptions {
  /** Path of the engine's unix socket; nothing is connected before the first call. */
  readonly socket: string;
  /** Most calls at once; default twice the cores: more only makes each one slower. */
  readonly slots?: number;
  readonly deadlineMs?: number;
}

const DEADLINE_MS = 60_000;

/** Programs that are being ended at once. */
const MOST_LINGERING = 64;

/** The one client of the engine's socket: bounded calls, each with a deadline, errors in words. */
export function openEngine({
  socket,
  slots = 2 * availableParallelism(),
  deadlineMs = DEADLINE_MS,
}: EngineOptions): Engine {
  const callAgent = createAgent({ keepAlive: true });
  const streamAgent = createAgent({ keepAlive: false });
  const calls = createDocker(socket, callAgent);
  const streams = createDocker(socket, streamAgent);
  const queue = createCallSlots(slots);
  const lingering = createLingeringSlots(queue, MOST_LINGERING);
  const attempt = createAttempt(socket, deadlineMs);

  const docker: Engine['docker'] = async (options, call) => {
    const giveBack = await (options.lingers === true ? lingering : queue).take(options);
    const once = () => attempt(options, (abortSignal) => call(calls, abortSignal));
    try {
      return await once();
    } catch (error) {
      if (options.idempotent !== true || !isDeadConnection(error)) throw error;
      return await once();
    } finally {
      giveBack();
    }
  };

  return {
    socket,
    docker,
    libpod: (options, request) =>
      docker({ idempotent: request.method === 'GET', ...options }, (client, abortSignal) =>
        dial(client, request, { abortSignal }),
      ),
    stream: async (options, request) => {
      const givingUp = new AbortController();
      const abortSignal = AbortSignal.any([options.signal, givingUp.signal]);
      try {
        return await attempt(options, () => dialStream(streams, request, abortSignal));
      } catch (error) {
        givingUp.abort();
        throw error;
      }
    },
    close: () => {
      callAgent.destroy();
      streamAgent.destroy();
    },
  };
}

type Attempt = <T>(
  options: CallOptions,
  call: (abortSignal: AbortSignal) => Promise<T>,
) => Promise<T>;

/** One try of one call, ended by its caller or its deadline. */
function createAttempt(socket: string, deadlineMs: number): Attempt {
  return async ({ signal, what, deadlineMs: boundMs = deadlineMs }, call) => {
    const deadline = boundMs === Infinity ? [] : [AbortSignal.timeout(boundMs)];
    const abortSignal = AbortSignal.any([signal, ...deadline]);
    try {
      abortSignal.throwIfAborted();
      return await orAborted(call(abortSignal), abortSignal);
    } catch (error) {
      throw toEngineError(error, { socket, what, givenUp: signal.aborted, boundMs });
    }
  };
}

/** A kept connection that the engine had closed meanwhile, as after its restart. */
function isDeadConnection(error: unknown): boolean {
  return error instanceof EngineError && ['ECONNRESET', 'EPIPE'].includes(error.reason);
}
