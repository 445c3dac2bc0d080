import { AppError } from '../../errors.ts';
import type { Broker, EventBatch, Log } from '../../ports.ts';
import { openConnection } from './connection.ts';
import { PUBLISH_SCRIPT } from './publish-script.ts';

/** About a day of a busy fleet; Redis trims the oldest entries, roughly. */
const LONGEST_STREAM = 100_000;
/** Bounds how long one script keeps Redis from everybody else: a few milliseconds. */
const LARGEST_BATCH = 1_000;

export interface RedisBrokerOptions {
  readonly url: string;
  readonly stream?: string;
  readonly maxLength?: number;
  readonly log: Log;
}

/**
 * Events to a Redis stream: id, type, subject and the whole CloudEvent as JSON in `event`. Beside
 * it the hash `{mcp-manager}:producers` holds the last number stored of each producer.
 */
export function openRedisBroker(options: RedisBrokerOptions): Broker {
  const { url, log, stream = '{mcp-manager}:events', maxLength = LONGEST_STREAM } = options;
  const connection = openConnection({ url, log });
  const producers = toProducersKey(stream);
  return {
    async publish(batch, signal) {
      if (batch.events.length > LARGEST_BATCH) {
        throw new RangeError(`at most ${LARGEST_BATCH} events at once`);
      }
      const values = [batch.producer, batch.after, maxLength, ...toValues(batch)];
      const answer = await connection.run(
        (redis) => redis.eval(PUBLISH_SCRIPT, 2, stream, producers, ...values),
        signal,
      );
      return toNumber(answer);
    },
    async lastStored(producer, signal) {
      return toNumber(
        (await connection.run((redis) => redis.hget(producers, producer), signal)) ?? 0,
      );
    },
    watch: (wake, signal) => connection.watch(wake, signal),
    trouble: () => connection.trouble(),
    close: () => connection.close(),
  };
}

/** Both keys must lie in one slot of a cluster: the braces of the stream's name are kept. */
function toProducersKey(stream: string): string {
  const [tag] = /^\{[^}]+\}/.exec(stream) ?? [`{${stream}}`];
  return `${tag}:producers`;
}

function toValues({ events }: EventBatch): readonly (string | number)[] {
  return events.flatMap(({ number, event }) => [
    number,
    event.id,
    event.type,
    event.subject ?? '',
    JSON.stringify(event),
  ]);
}

function toNumber(answer: unknown): number {
  const number = Number(answer);
  if (Number.isSafeInteger(number)) return number;
  throw new AppError('BROKER_UNAVAILABLE', 'Redis holds no number where the last stored one was', {
    hint: 'something else writes to the keys of mcp-manager',
  });
}
