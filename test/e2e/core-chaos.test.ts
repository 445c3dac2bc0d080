import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { parse } from 'yaml';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type CoreListServer, startCoreListServer } from '../helpers/core-list-server.ts';
import { ENCODINGS } from '../helpers/core-messages.ts';
import { eventually } from '../helpers/eventually.ts';
import { createWorkplace, type Workplace } from '../helpers/manager.ts';
import { createRedisServer, type RedisServer } from '../helpers/redis.ts';

const INSTANCES = 600;
const DELETED = 400;
const REDIS_KILLED = [150, 300, 450, 600, 750];
const MANAGER_KILLED = [375, 825];
const SETTLE_MS = 240_000;
const STATUSES = 'events:agentarea.mcp.v1.MCPServerInstanceStatusChanged';
const SPEC = { image: 'mcp/echo', port: 8000, environment: { LOG_LEVEL: 'info' } };

vi.setConfig({ testTimeout: 360_000 });

test('a thousand messages in any order, Redis killed five times and the manager twice, end in what core holds', async () => {
  const core = await startCoreListServer();
  const redis = await createRedisServer();
  await redis.start();
  const place = createWorkplace(onTestFinished, {
    runtime: 'memory',
    environment: {
      REDIS_URL: redis.url,
      CORE_API_URL: core.url,
      CORE_API_TOKEN_FILE: 'core-token',
      CORE_WORKSPACE_ID: 'w1',
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
    } else if (REDIS_KILLED.includes(number - 20)) {
      await redis.start();
    }
    if (MANAGER_KILLED.includes(number)) {
      manager.kill('SIGKILL');
      await manager.exited;
    } else if (MANAGER_KILLED.includes(number - 20)) {
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
    const last = await lastTold(redis);
    const wrong = [...last].filter(([id, word]) => {
      return word !== (held.has(id) ? 'running' : 'stopped');
    });
    expect(wrong).toEqual([]);
    expect([...held].filter((id) => !last.has(id))).toEqual([]);
  }, SETTLE_MS);
  expect(core.callers).toEqual(new Set(['Bearer planted-core-token w1']));
  expect(manager.stdout() + manager.stderr()).not.toContain('planted-core-token');
  expect((await manager.control.health()).troubles).toEqual([]);
});

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
  const encodings = Object.keys(ENCODINGS);
  const ids = Array.from({ length: INSTANCES }, (_, number) => `instance-${number}`);
  const messages = [
    ...ids.map((id) => ({ kind: 'created' as const, id })),
    ...ids.slice(0, DELETED).map((id) => ({ kind: 'deleted' as const, id })),
  ].map((message, number) => ({
    ...message,
    encoding: encodings[number % encodings.length] ?? '',
  }));
  const whole = { minLength: messages.length, maxLength: messages.length };
  const [shuffled = []] = fc.sample(fc.shuffledSubarray(messages, whole), { seed, numRuns: 1 });
  return shuffled;
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

async function lastTold({ client }: RedisServer): Promise<ReadonlyMap<string, string>> {
  const entries = await client.xrange(STATUSES, '-', '+');
  return new Map(
    entries.map(([, fields]) => {
      const { instance_id: id, status } = JSON.parse(fields[fields.indexOf('data') + 1] ?? '{}');
      return [id, status];
    }),
  );
}
