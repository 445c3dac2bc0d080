import { existsSync, readdirSync } from 'node:fs';
import { expect, onTestFinished } from 'vitest';
import { CORE_CHANNELS } from '../../src/platform/decode-message.ts';
import { ENCODINGS } from './core-messages.ts';
import { eventually } from './eventually.ts';
import { createWorkplace, type ManagerProcess } from './manager.ts';
import { createRedisServer, type RedisServer } from './redis.ts';

export const STATUS = 'MCPServerInstanceStatusChanged';
export const FAILURE = 'MCPServerInstanceError';

/** A manager on the memory runtime, and a subscriber that notes what core is told. */
export async function openForCore(
  environment: Readonly<Record<string, string>> = {},
  ...flags: string[]
) {
  const redis = await createRedisServer();
  await redis.start();
  const place = createWorkplace(onTestFinished, {
    runtime: 'memory',
    environment: { REDIS_URL: redis.url, ...environment },
  });
  const told = await listen(redis);
  const manager = await place.run(...flags);
  const hears = (): Promise<void> => eventually(() => expectHeard(redis));
  await hears();
  const documents = (): string[] =>
    existsSync(place.path('core')) ? readdirSync(place.path('core')) : [];
  return { redis, place, manager, told, hears, documents };
}

/** Each of its channels is subscribed to by itself. */
async function expectHeard({ client }: RedisServer): Promise<void> {
  const counts = await client.pubsub('NUMSUB', ...CORE_CHANNELS);
  expect(counts.filter((count) => typeof count === 'number')).toEqual(CORE_CHANNELS.map(() => 1));
}

export type Message = Readonly<Record<string, string>> & { readonly channel: string };

async function listen(redis: RedisServer): Promise<Message[]> {
  const told: Message[] = [];
  const listener = redis.client.duplicate();
  onTestFinished(() => listener.disconnect());
  listener.on('error', () => {});
  listener.on('message', (channel: string, text: string) => {
    told.push({ channel, ...JSON.parse(text).data.data });
  });
  await listener.subscribe(STATUS, FAILURE);
  return told;
}

export const send = (
  redis: RedisServer,
  encoding: string,
  kind: 'created' | 'deleted',
  data: object,
) => {
  const message = ENCODINGS[encoding]?.({ kind, data: { ...data } });
  if (!message) throw new Error(`no encoding ${encoding}`);
  return redis.client.publish(message.channel, message.payload);
};

export const SPEC = { image: 'mcp/echo', port: 8000, environment: { LOG_LEVEL: 'info' } };
export const wordsOf = (told: readonly Message[], id: string) =>
  told.filter(({ instance_id }) => instance_id === id).map(({ status, error }) => status ?? error);

/** Where its API is. */
export function apiOf(manager: Pick<ManagerProcess, 'stdout'>): string {
  const [, url = ''] = /The API is at (http:\/\/[^;\s]+[^;\s.])/.exec(manager.stdout()) ?? [];
  return url;
}
