import { Redis } from 'ioredis';
import { AppError } from '../../errors.ts';
import type { CoreHearing, CoreLink } from '../../core-ports.ts';
import { CORE_CHANNELS, decodeMessage } from '../../platform/decode-message.ts';
import { toCoreWish } from '../../platform/core-wish.ts';
import { type StatusMessage, toPublication } from '../../platform/status-message.ts';
import { toStreamEntry } from '../../platform/stream-entry.ts';
import { tellCore } from '../../platform/tell-core.ts';
import type { Log } from '../../ports.ts';
import { CONNECT_MS, openConnection, untilReconnectMs } from './connection.ts';
import { keepSubscribed, type Subscriptions } from './subscriptions.ts';

/** Of each stream for later versions of core; Redis trims the oldest, roughly. */
const LONGEST_STREAM = 10_000;
/** A peer that is gone without a word is noticed by this. */
const KEEP_ALIVE_MS = 10_000;
/** What cannot be read is counted, and told this often at most. */
const TELL_EVERY_MS = 10_000;

export interface CoreLinkOptions {
  readonly url: string;
  readonly log: Log;
  readonly clock: () => number;
  /** Tells by streams too, as later versions of core read them. */
  readonly streams: boolean;
}

/**
 * Core's channels on Redis: two connections, as one that listens can do nothing else. Both connect in the
 * background and again after every loss. Throws CONFIG_INVALID for a bad address.
 */
export function openCoreLink({ url, log, clock, streams }: CoreLinkOptions): CoreLink {
  const connection = openConnection({ url, log });
  const listener = new Redis(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: null,
    connectTimeout: CONNECT_MS,
    keepAlive: KEEP_ALIVE_MS,
    enableReadyCheck: false,
    disableClientInfo: true,
    // On each connection anew: by hand, so that it is known when it was done.
    autoResubscribe: false,
    retryStrategy: untilReconnectMs,
  });
  // Its errors are told as troubles; before it listens there are none.
  let subscriptions: Subscriptions | undefined;
  const unreadable = createCounter(log, clock);
  return {
    listen({ take, connected, left }: CoreHearing, signal) {
      listener.on('messageBuffer', (channel: Buffer, payload: Buffer) => {
        const { message, wish } = readSafely(channel.toString(), payload);
        if (message.kind === 'malformed') unreadable(message.cause);
        if (signal.aborted) return;
        if (wish) take(wish, payload.length);
        else if (message.kind === 'malformed' || message.kind === 'ignored') left?.(message.kind);
      });
      const channels = CORE_CHANNELS;
      subscriptions = keepSubscribed({ listener, channels, log, heard: connected });
      signal.addEventListener('abort', () => listener.disconnect(), { once: true });
      listener.connect().catch(() => {});
    },
    async tell(tellings, signal) {
      const messages = tellings.flatMap(({ report, ...telling }) => tellCore(report, telling));
      await connection.run((redis) => sendAll(redis, messages, streams), signal);
    },
    troubles: () => subscriptions?.troubles() ?? [],
    async close() {
      subscriptions?.close();
      listener.disconnect();
      await connection.close();
    },
  };
}

/** What throws here would end the manager, and the same message would end the next one. */
function readSafely(channel: string, payload: Buffer) {
  try {
    const message = decodeMessage(channel, payload);
    return { message, wish: toCoreWish(message) };
  } catch (error) {
    const cause = `it cannot be looked at (${error instanceof Error ? error.name : 'unknown'})`;
    return { message: { kind: 'malformed', cause } as const, wish: undefined };
  }
}

/** One transaction: nobody sees a failure without its text. */
async function sendAll(redis: Redis, messages: readonly StatusMessage[], streams: boolean) {
  const sending = redis.multi();
  for (const message of messages) {
    const { channel, payload } = toPublication(message);
    sending.publish(channel, payload);
    if (streams) {
      const { stream, fields } = toStreamEntry(message);
      const entry = Object.entries(fields).flat();
      sending.xadd(stream, 'MAXLEN', '~', LONGEST_STREAM, '*', ...entry);
    }
  }
  for (const [error] of (await sending.exec()) ?? []) {
    if (error) throw new AppError('BROKER_UNAVAILABLE', `Redis refuses it: ${error.message}`);
  }
}

/** A flood of nonsense fills no log. */
function createCounter(log: Log, clock: () => number): (cause: string) => void {
  let count = 0;
  let toldAtMs = -Infinity;
  return (cause) => {
    count += 1;
    if (clock() - toldAtMs < TELL_EVERY_MS) return;
    log.warn({ cause, count }, 'a message of the platform cannot be read, and is left out');
    toldAtMs = clock();
    count = 0;
  };
}
