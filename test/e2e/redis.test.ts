import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openRedisBroker } from '../../src/adapters/redis/broker.ts';
import { deliverAll, openSender, startSender } from '../helpers/event-sender.ts';
import { eventually } from '../helpers/eventually.ts';
import { createRedisServer, cutTail, loseWhat, type RedisServer } from '../helpers/redis.ts';
import { createTempFolder } from '../helpers/temp-folder.ts';

const STREAM = '{mcp-manager}:events';
const soon = () => AbortSignal.timeout(10_000);

describe('Events on their way to a real Redis', () => {
  it('arrive once and in order, with the fields that readers filter by', async () => {
    const redis = await startRedis();
    const sender = await startSender(redis.url);

    sender.commit(1200);

    await eventually(async () => expect(await redis.client.xlen(STREAM)).toBe(1200));
    expect(await idsIn(redis)).toEqual(sender.ids());
    const [[, fields] = ['', []]] = await redis.client.xrange(STREAM, '-', '+', 'COUNT', 1);
    const [event] = sender.store.events(0, 1);
    const [id, type] = [event?.event.id, 'io.mcpmanager.step.started'];
    const json = JSON.stringify(event?.event);
    expect(fields).toEqual(['id', id, 'type', type, 'subject', 'echo', 'event', json]);
    await eventually(() => expect(sender.store.deliveredUpTo()).toBe(1200));
  });

  it('are stored once though they are sent again', async () => {
    const redis = await startRedis();
    const sender = await openSender(redis.url);
    sender.commit(10);
    const { producer } = sender.store;
    const events = sender.store.events(0, 10);

    for (const from of [0, 0, 3, 7]) {
      const batch = { producer, after: from, events: events.slice(from) };
      expect(await sender.broker.publish(batch, soon())).toBe(10);
    }

    expect(await idsIn(redis)).toEqual(sender.ids());
    expect(await sender.broker.lastStored(producer, soon())).toBe(10);
    expect(await sender.broker.lastStored('nobody', soon())).toBe(0);
  });

  it('of two producers lie side by side, each in its own order', async () => {
    const redis = await startRedis();
    const senders = [await startSender(redis.url), await startSender(redis.url)];

    for (let round = 0; round < 20; round += 1) for (const sender of senders) sender.commit(10);

    await eventually(async () => expect(await redis.client.xlen(STREAM)).toBe(400));
    const stored = await idsIn(redis);
    for (const sender of senders) {
      const { producer } = sender.store;
      expect(stored.filter((id) => id.startsWith(producer))).toEqual(sender.ids());
    }
  });

  it('keep their order when the clock goes back, here and in Redis', async () => {
    const redis = await startRedis();
    await redis.client.xadd(STREAM, `${Date.UTC(2099, 0, 1)}-0`, 'id', 'from the future');
    const sender = await startSender(redis.url);

    sender.commit(5, Date.UTC(2030, 0, 1));
    sender.commit(5, Date.UTC(2001, 0, 1));

    await eventually(async () => expect(await redis.client.xlen(STREAM)).toBe(11));
    expect((await idsIn(redis)).slice(1)).toEqual(sender.ids());
  });
});

describe('The stream', () => {
  it('pushes out the oldest events when it is long enough', async () => {
    const redis = await startRedis();
    const sender = await openSender(redis.url);
    const { store, log } = sender;
    const broker = openRedisBroker({ url: redis.url, log, maxLength: 300 });
    onTestFinished(() => broker.close());
    sender.commit(1000);

    for (let after = 0; after < 1000; after += 100) {
      await broker.publish(
        { producer: store.producer, after, events: store.events(after, 100) },
        soon(),
      );
    }

    const stored = await idsIn(redis);
    expect(stored.length).toBeGreaterThanOrEqual(300);
    expect(stored.length).toBeLessThan(500);
    expect(stored.at(-1)).toBe(`${store.producer}/1000`);
  });
});

describe('Events while Redis does not answer', () => {
  it('wait while there is no Redis, and arrive when it appears', async () => {
    const redis = await createRedisServer();
    const sender = await startSender(redis.url);
    sender.commit(50);
    await eventually(() => expect(sender.failures).toHaveLength(1));
    expect(sender.failures[0]).toMatchObject({
      code: 'BROKER_UNAVAILABLE',
      message: expect.stringMatching(/^Redis at redis:\/\/127.0.0.1:\d+: .*ECONNREFUSED/),
    });

    await redis.start();

    await eventually(async () => expect(await idsIn(redis)).toEqual(sender.ids()));
  });

  it('arrive once though Redis does not answer for longer than a command may take', async () => {
    const redis = await startRedis();
    const sender = await startSender(redis.url);
    sender.commit(10);
    await eventually(() => expect(sender.store.deliveredUpTo()).toBe(10));

    await redis.client.call('CLIENT', 'PAUSE', '3000', 'WRITE');
    sender.commit(10);
    await eventually(() => expect(sender.failures.length).toBeGreaterThan(0));
    sender.commit(10);

    await eventually(() => expect(sender.store.deliveredUpTo()).toBe(30), 20_000);
    expect(await idsIn(redis)).toEqual(sender.ids());
  });
});

describe('A Redis that was killed', () => {
  it('has everything once and in order, after many times', async () => {
    const redis = await startRedis();
    const sender = await startSender(redis.url);

    for (let round = 0; round < 5; round += 1) {
      sender.commit(700);
      await redis.kill();
      sender.commit(100);
      await redis.start();
      await eventually(async () => expect(await redis.client.xlen(STREAM)).toBeGreaterThan(0));
    }

    await eventually(async () => expect(await idsIn(redis)).toEqual(sender.ids()), 20_000);
  });

  it('gets a lost tail again, also when nothing new happens', async () => {
    const redis = await startRedis();
    const sender = await startSender(redis.url);
    sender.commit(100);
    await eventually(() => expect(sender.store.deliveredUpTo()).toBe(100));
    await loseWhat(redis, async () => {
      sender.commit(100);
      await eventually(() => expect(sender.store.deliveredUpTo()).toBe(200));
    });

    await redis.start();

    await eventually(async () => expect(await idsIn(redis)).toEqual(sender.ids()));
    await eventually(() => expect(sender.store.deliveredUpTo()).toBe(200));
  });

  it('gets a lost tail again before the new event of a sender that noticed nothing', async () => {
    const redis = await startRedis();
    const sender = await startSender(redis.url);
    sender.commit(10);
    await eventually(() => expect(sender.store.deliveredUpTo()).toBe(10));

    // The connection stays: as behind a proxy that fails over to a replica that lagged.
    await redis.client.hset('{mcp-manager}:producers', sender.store.producer, '6');
    await dropLast(redis, 4);
    sender.commit(1);

    await eventually(async () => expect(await idsIn(redis)).toEqual(sender.ids()));
  });

  it('gets all that is kept when it comes back empty', async () => {
    const redis = await startRedis();
    const sender = await startSender(redis.url);
    sender.commit(1500);
    await eventually(() => expect(sender.store.deliveredUpTo()).toBe(1500));

    await redis.kill();
    await rm(join(redis.folder, 'appendonlydir'), { recursive: true });
    await redis.start();

    await eventually(async () => expect(await idsIn(redis)).toEqual(sender.ids()));
  });
});

describe('A Redis whose files end in the middle of a batch', () => {
  it.each([1, 100, 5_000, 70_000])('gets the rest again, %i bytes from the end', async (bytes) => {
    const redis = await startRedis();
    const sender = await startSender(redis.url);
    for (const delivered of [500, 1000]) {
      sender.commit(500);
      await eventually(() => expect(sender.store.deliveredUpTo()).toBe(delivered));
    }
    await redis.kill();
    await cutTail(redis, bytes);

    await redis.start();

    await eventually(async () => expect(await idsIn(redis)).toEqual(sender.ids()));
  });
});

describe('A store that went back to an older copy', () => {
  it('goes on as a new producer, so that no new event is taken for an old one', async () => {
    const redis = await startRedis();
    const folder = await createTempFolder();
    const first = await openSender(redis.url, join(folder, 'state.db'));
    first.commit(10);
    await deliverAll(first);
    first.store.close();
    await cp(join(folder, 'state.db'), join(folder, 'copy.db'));
    const second = await openSender(redis.url, join(folder, 'state.db'));
    second.commit(10);
    await deliverAll(second);

    const restored = await openSender(redis.url, join(folder, 'copy.db'));
    restored.commit(3);
    await deliverAll(restored);

    const stored = await idsIn(redis);
    expect(stored).toHaveLength(23);
    expect(stored.slice(20)).toEqual(
      [11, 12, 13].map((each) => `${restored.store.producer}/${each}`),
    );
    expect(restored.store.producer).not.toBe(first.store.producer);
  });
});

describe('The address of Redis', () => {
  it('never shows its password, whatever goes wrong', async () => {
    const password = 'planted-hunter2-value';
    const redis = await createRedisServer({ settings: ['--requirepass', password], password });
    await redis.start();
    const wrong = redis.url.replace('redis://', `redis://default:${password}x@`);
    const sender = await startSender(wrong);
    sender.commit(1);

    await eventually(() =>
      expect(sender.failures.map(({ message }) => message).join()).toMatch(/WRONGPASS/),
    );

    expect(JSON.stringify([sender.logged, sender.failures])).not.toContain(password);
    expect(sender.failures.map(({ cause }) => cause)).toEqual(sender.failures.map(() => undefined));
    const socket = openRedisBroker({ url: `/nowhere.sock?password=${password}`, log: sender.log });
    onTestFinished(() => socket.close());
    await expect(socket.lastStored('x', soon())).rejects.toMatchObject({
      message: expect.stringMatching(/^Redis at \/nowhere.sock: .*ENOENT/),
    });
    expect(JSON.stringify(sender.logged)).not.toContain(password);
    const bad = () => openRedisBroker({ url: `http://:${password}@x`, log: sender.log });
    expect(bad).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
    expect(bad).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining(password) }),
    );
  });

  it('takes a user with few rights, a password with odd signs and a database', async () => {
    const password = 'p@ss/w:rd#1';
    const redis = await startRedis();
    const rights = '~{mcp-manager}:* +eval +hget +hset +xadd +xlen +xtrim +select'.split(' ');
    await redis.client.call('ACL', 'SETUSER', 'mcp', 'on', `>${password}`, ...rights);
    const url = redis.url.replace('redis://', `redis://mcp:${encodeURIComponent(password)}@`);
    const sender = await startSender(`${url}/3`);

    sender.commit(3);

    await eventually(() => expect(sender.store.deliveredUpTo()).toBe(3));
    await redis.client.select(3);
    expect(await idsIn(redis)).toEqual(sender.ids());
  });
});

async function startRedis(): Promise<RedisServer> {
  const redis = await createRedisServer();
  await redis.start();
  return redis;
}

async function idsIn(redis: RedisServer): Promise<readonly string[]> {
  const entries = await redis.client.xrange(STREAM, '-', '+');
  return entries.map(([, fields]) => fields[1] ?? '');
}

async function dropLast(redis: RedisServer, count: number): Promise<void> {
  const entries = await redis.client.xrevrange(STREAM, '+', '-', 'COUNT', count);
  await redis.client.xdel(STREAM, ...entries.map(([id]) => id));
}
