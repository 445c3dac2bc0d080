import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { parse } from 'yaml';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type CoreListServer, startCoreListServer } from '../helpers/core-list-server.ts';
import { ENCODINGS } from '../helpers/core-messages.ts';
import { eventually } from '../helpers/eventually.ts';
import { createWorkplace, type ManagerProcess, type Workplace } from '../helpers/manager.ts';
import { createRedisServer, type RedisServer } from '../helpers/redis.ts';

const CREATED = 1_000;
/** Each of them is told twice. */
const DELETED = 500;
const REDIS_KILLED = [300, 600, 900, 1_200, 1_700];
/** A manager that starts anew tells all anew: Redis is killed once more after it. */
const MANAGER_KILLED = [450, 1_350];
/** So many messages later it is started again. */
const AWAY = 50;
const SETTLE_MS = 240_000;
const STATUS_CHANGED = 'MCPServerInstanceStatusChanged';
const STREAM = `events:agentarea.mcp.v1.${STATUS_CHANGED}`;
const SPEC = { image: 'mcp/echo', port: 8000, environment: { LOG_LEVEL: 'info' } };

vi.setConfig({ testTimeout: 360_000 });

test('a thousand creations and a thousand deletions in any order, Redis killed five times and the manager twice, end in what core holds', async () => {
  const core = await startCoreListServer();
  const redis = await createRedisServer();
  await redis.start();
  const heard = listenAsCore(redis);
  const place = createWorkplace(onTestFinished, {
    runtime: 'memory',
    environment: {
      REDIS_URL: redis.url,
      CORE_API_URL: core.url,
      CORE_API_TOKEN_FILE: 'core-token',
      CORE_SYNC_INTERVAL: '2s',
      CORE_STREAMS: 'true',
      MAX_CONTAINERS: '2000',
      MAX_PRUNE_PERCENT: '100',
    },
  });
  writeFileSync(join(place.folder, 'core-token'), 'planted-core-token\n');
  let manager = await place.run();
  for (const [number, message] of anyOrder().entries()) {
    if (REDIS_KILLED.includes(number)) {
      await redis.kill();
    } else if (REDIS_KILLED.includes(number - AWAY)) {
      await eventually(() => expectUntold(manager));
      await redis.start();
    }
    if (MANAGER_KILLED.includes(number)) {
      manager.kill('SIGKILL');
      await manager.exited;
    } else if (MANAGER_KILLED.includes(number - AWAY)) {
      manager = await place.run();
    }
    await send(redis, core, message);
  }

  await eventually(() => expect(heldBy(place)).toEqual(core.held()), SETTLE_MS);
  const held = new Set(core.held());
  await eventually(async () => {
    const { services } = await manager.control.status();
    const states = services.map(({ state }) => state);
    expect([states.length, new Set(states)]).toEqual([held.size, new Set(['Running'])]);
  }, SETTLE_MS);
  await eventually(async () => {
    const last = toWords(await readStream(redis));
    const wrong = [...last].filter(([id, word]) => {
      return word !== (held.has(id) ? 'running' : 'stopped');
    });
    expect(wrong).toEqual([]);
    expect([...held].filter((id) => !last.has(id))).toEqual([]);
    expect(last.size).toBeGreaterThan(held.size);
  }, SETTLE_MS);
  // The channel keeps nothing. From when core listens again after the last start of Redis it hears the
  // same, to the last: so the stream tells of the channel too.
  const published = await readStream(redis);
  await eventually(() => expect(heard.at(-1)).toEqual(published.at(-1)));
  expect(heard).toEqual(published.slice(-heard.length));
  expect(core.callers).toEqual(new Set(['Bearer planted-core-token undefined']));
  expect(manager.stdout() + manager.stderr()).not.toContain('planted-core-token');
  expect((await manager.control.health()).troubles).toEqual([]);
});

/** By its list core wants things meanwhile too: of what becomes of them it cannot be told. */
async function expectUntold({ control }: ManagerProcess): Promise<void> {
  const { troubles } = await control.health();
  expect(troubles.join()).toContain('the platform is not told how its services are');
}

interface Message {
  readonly kind: 'created' | 'deleted';
  readonly id: string;
  readonly encoding: string;
}

/** Deletions may come before their creations; the number of the seed is in the failure. */
function anyOrder(): readonly Message[] {
  const seed = Date.now() % 2 ** 31;
  onTestFinished(({ task }) => {
    if (task.result?.state === 'fail') console.error(`seed ${seed}`);
  });
  const ids = Array.from({ length: CREATED }, (_, number) => `instance-${number}`);
  const gone = ids.slice(0, DELETED);
  const messages = [
    ...inEachEncoding('created', ids),
    ...inEachEncoding('deleted', [...gone, ...gone]),
  ];
  const whole = { minLength: messages.length, maxLength: messages.length };
  const [shuffled = []] = fc.sample(fc.shuffledSubarray(messages, whole), { seed, numRuns: 1 });
  return shuffled;
}

function inEachEncoding(kind: Message['kind'], ids: readonly string[]): readonly Message[] {
  const encodings = Object.keys(ENCODINGS);
  return ids.map((id, number) => ({
    kind,
    id,
    encoding: encodings[number % encodings.length] ?? '',
  }));
}

/** Core knows it first; whether anybody hears it is another matter. */
async function send(redis: RedisServer, core: CoreListServer, message: Message): Promise<void> {
  const { kind, id, encoding } = message;
  const data = { instance_id: id, name: 'Same Name', json_spec: SPEC };
  if (kind === 'deleted') core.delete(id);
  else core.create({ id, name: data.name, json_spec: SPEC, status: 'pending' });
  const sent = ENCODINGS[encoding]?.({
    kind,
    data: kind === 'created' ? data : { instance_id: id },
  });
  if (!sent || redis.client.status !== 'ready') return;
  await redis.client.publish(sent.channel, sent.payload).catch(() => undefined);
}

/** The instance of each document, twice where there are two. */
function heldBy({ path }: Workplace): readonly string[] {
  const folder = path('core');
  const files = existsSync(folder) ? readdirSync(folder) : [];
  return files
    .filter((file) => file.endsWith('.yaml') && !file.startsWith('.'))
    .flatMap((file) => {
      const { services } = parse(readFileSync(join(folder, file), 'utf8'));
      return Object.values<{ platform: { instanceId: string } }>(services);
    })
    .map(({ platform }) => platform.instanceId)
    .toSorted();
}

interface Told {
  readonly id: string;
  readonly word: string;
}

/** Every status that was ever published: each stands in the stream by the transaction that published it. */
async function readStream({ client }: RedisServer): Promise<readonly Told[]> {
  const entries = await client.xrange(STREAM, '-', '+');
  return entries.map(([, fields]) =>
    toTold(JSON.parse(fields[fields.indexOf('data') + 1] ?? '{}')),
  );
}

function toTold(data: Readonly<Record<string, string>>): Told {
  return { id: data['instance_id'] ?? '', word: data['status'] ?? '' };
}

function toWords(told: readonly Told[]): ReadonlyMap<string, string> {
  return new Map(told.map(({ id, word }) => [id, word]));
}

/** What core has heard since it was connected last: what is published while it is not, it never hears. */
function listenAsCore({ url }: RedisServer): readonly Told[] {
  const heard: Told[] = [];
  const listener = new Redis(url, { retryStrategy: () => 20, autoResubscribe: false });
  onTestFinished(() => listener.disconnect());
  listener.on('error', () => {});
  listener.on('message', (_channel, payload) => heard.push(toTold(JSON.parse(payload).data.data)));
  listener.on('ready', () => {
    heard.length = 0;
    listener.subscribe(STATUS_CHANGED).catch(() => undefined);
  });
  return heard;
}
