import { once } from 'node:events';
import { Redis } from 'ioredis';
import { AppError } from '../../errors.ts';
import { orAborted } from '../../or-aborted.ts';
import type { Log } from '../../ports.ts';

/** Redis answers within milliseconds; whatever takes longer is tried again from the outbox. */
const COMMAND_MS = 2_000;
/** A peer that is silent so long while a command waits is gone without a word: connect anew. */
const SILENCE_MS = 10_000;
/** For every connection of ours. */
export const CONNECT_MS = 10_000;
const FIRST_RECONNECT_MS = 50;
const LAST_RECONNECT_MS = 5_000;

export interface Connection {
  /** Runs one command, or throws AppError BROKER_UNAVAILABLE; never waits longer than a command may. */
  run<T>(command: (redis: Redis) => Promise<T>, signal: AbortSignal): Promise<T>;
  watch(wake: () => void, signal: AbortSignal): void;
  /** Why there is no connection now; undefined while there is one, or none was tried yet. */
  trouble(): string | undefined;
  close(): Promise<void>;
}

/**
 * Connects in the background and again after every loss. `redis:`, `rediss:` or the path of a
 * socket; user, password and database as in the address. Throws CONFIG_INVALID for a bad address.
 */
export function openConnection({
  url,
  log,
}: {
  readonly url: string;
  readonly log: Log;
}): Connection {
  const where = describeAddress(url);
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    // Waiting commands would be sent twice; the outbox sends again by itself.
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 1,
    commandTimeout: COMMAND_MS,
    socketTimeout: SILENCE_MS,
    connectTimeout: CONNECT_MS,
    // Needs INFO, which a careful ACL does not give.
    enableReadyCheck: false,
    disableClientInfo: true,
    retryStrategy: untilReconnectMs,
  });
  const outage = noteOutages({ redis, log, where });
  return {
    async run(command, signal) {
      try {
        await untilReady(redis, signal);
        return await orAborted(command(redis), signal);
      } catch (error) {
        signal.throwIfAborted();
        throw toUnavailable(where, outage.cause() ?? error);
      }
    },
    watch(wake, signal) {
      if (signal.aborted) return;
      redis.on('ready', wake);
      signal.addEventListener('abort', () => redis.off('ready', wake), { once: true });
    },
    trouble: () => {
      const cause = outage.cause();
      return cause === undefined ? undefined : toUnavailable(where, cause).message;
    },
    // Not until its event `end`: between two attempts to connect there is none.
    close: () => Promise.resolve(redis.disconnect()),
  };
}

/** How long to wait before the next attempt to connect; `times` counts those that failed. */
export function untilReconnectMs(times: number): number {
  return Math.min(FIRST_RECONNECT_MS * 2 ** (times - 1), LAST_RECONNECT_MS);
}

/** The address as people may read it: without user and password. */
function describeAddress(url: string): string {
  if (url.startsWith('/')) return url.replace(/\?.*/, '');
  if (!URL.canParse(url) || !/^rediss?:$/.test(new URL(url).protocol)) {
    throw new AppError('CONFIG_INVALID', 'the address of Redis is no redis: or rediss: URL', {
      hint: 'for example redis://user:password@host:6379/0, or the path of a socket',
    });
  }
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

interface OutageOptions {
  readonly redis: Redis;
  readonly log: Log;
  readonly where: string;
}

/** Tells the beginning and the end of an outage once each, and remembers why there is no connection. */
function noteOutages({ redis, log, where }: OutageOptions): { cause(): unknown } {
  let cause: unknown;
  redis.on('error', (error: unknown) => {
    if (cause === undefined) {
      log.warn({ redis: where, cause: messageOf(error) }, 'Redis cannot be reached; events wait');
    }
    cause = error;
  });
  redis.on('ready', () => {
    if (cause !== undefined) log.info({ redis: where }, 'Redis is reached again');
    cause = undefined;
  });
  return { cause: () => cause };
}

/** A connection that is being made for the first time is waited for; a lost one is not. */
async function untilReady(redis: Redis, signal: AbortSignal): Promise<void> {
  if (redis.status !== 'connecting' && redis.status !== 'connect') return;
  await once(redis, 'ready', {
    signal: AbortSignal.any([signal, AbortSignal.timeout(COMMAND_MS)]),
  });
}

/** Without the error itself: the errors of ioredis carry the command, and that may be AUTH. */
function toUnavailable(where: string, error: unknown): AppError {
  return new AppError('BROKER_UNAVAILABLE', `Redis at ${where}: ${messageOf(error)}`, {
    hint: 'events wait in the store and are sent when it answers; check REDIS_URL and that Redis runs',
  });
}

/** Never the error itself: it may carry the command. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'AbortError') return `no connection within ${COMMAND_MS} ms`;
  // A name with several addresses fails with an error of errors that says nothing itself.
  if (error instanceof AggregateError && error.message === '') {
    return error.errors.map(messageOf).join('; ');
  }
  return error.message;
}
