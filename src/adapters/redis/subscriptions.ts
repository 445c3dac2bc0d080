import type { Redis } from 'ioredis';
import type { Log } from '../../ports.ts';
import { messageOf } from './connection.ts';

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30_000;

export interface SubscriptionsOptions {
  /** A connection of its own, with `autoResubscribe` off. */
  readonly listener: Redis;
  readonly channels: readonly string[];
  readonly log: Log;
  /** A channel is heard that was not: what was sent before is missed. */
  readonly heard: () => void;
}

export interface Subscriptions {
  /** What is not heard now, and why. */
  troubles(): readonly string[];
  close(): void;
}

/**
 * Subscribes to each channel by itself, on each connection anew: a user who may hear one and not
 * another hears the one. What is refused is asked for again, more and more rarely.
 */
export function keepSubscribed(options: SubscriptionsOptions): Subscriptions {
  const { listener, channels, log, heard } = options;
  const refused = new Map<string, string>();
  let unreachable: string | undefined;
  let told: string | undefined;
  let retry: NodeJS.Timeout | undefined;

  async function ask(wanted: readonly string[], nextMs: number): Promise<void> {
    const asked = await Promise.all(wanted.map(subscribe));
    if (asked.includes(true)) heard();
    tell();
    // On the next connection all are asked for again.
    if (refused.size === 0 || listener.status !== 'ready') return;
    const later = () => void ask([...refused.keys()], Math.min(nextMs * 2, LAST_RETRY_MS));
    retry = setTimeout(later, nextMs).unref();
  }

  async function subscribe(channel: string): Promise<boolean> {
    try {
      await listener.subscribe(channel);
      return refused.delete(channel);
    } catch (error) {
      refused.set(channel, messageOf(error));
      return false;
    }
  }

  function tell(): void {
    const cause = [...refused].map(([channel, why]) => `${channel}: ${why}`).join('; ');
    if (cause !== '' && cause !== told) log.warn({ cause }, CANNOT_HEAR);
    told = cause;
  }

  listener.on('error', (error: unknown) => void (unreachable = messageOf(error)));
  listener.on('ready', () => {
    unreachable = undefined;
    clearTimeout(retry);
    for (const channel of channels) refused.set(channel, 'not asked for yet');
    void ask(channels, FIRST_RETRY_MS);
  });
  return {
    troubles: () => [
      ...(unreachable === undefined ? [] : [`${CANNOT_HEAR}: ${unreachable}`]),
      ...[...refused].map(([channel, why]) => `the channel ${channel} cannot be heard: ${why}`),
    ],
    close: () => clearTimeout(retry),
  };
}

const CANNOT_HEAR = 'the channels of the platform cannot be heard';
