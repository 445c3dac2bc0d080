import { expect, onTestFinished, test } from 'vitest';
import { openCoreLink } from '../../src/adapters/redis/core-link.ts';
import type { CoreWish } from '../../src/model/core.ts';
import { eventually } from '../helpers/eventually.ts';
import { createRedisServer } from '../helpers/redis.ts';

const log = { debug() {}, info() {}, warn() {}, error() {} };
const DELETED = 'MCPServerInstanceDeleted';
const message = (id: string) => JSON.stringify({ instance_id: id });

/** A link of one user of a Redis of its own. */
async function listenAs(user: string, rights: readonly string[]) {
  const redis = await createRedisServer();
  await redis.start();
  await redis.client.call('ACL', 'SETUSER', user, 'on', '>p', '+subscribe', '+publish', ...rights);
  const url = redis.url.replace('redis://', `redis://${user}:p@`);
  const link = openCoreLink({ url, log, clock: Date.now, streams: false });
  const listening = new AbortController();
  onTestFinished(async () => {
    listening.abort();
    await link.close();
  });
  const heard: CoreWish[] = [];
  const left: string[] = [];
  let connected = 0;
  link.listen(
    {
      take: (wish) => heard.push(wish),
      connected: () => (connected += 1),
      left: (kind) => left.push(kind),
    },
    listening.signal,
  );
  return {
    redis,
    link,
    ids: () => heard.map(({ instanceId }) => instanceId),
    connected: () => connected,
    left,
  };
}

test('a user who may hear one channel hears it; the others are told, and heard once they may be', async () => {
  const { redis, link, ids, connected } = await listenAs('core', ['resetchannels', `&${DELETED}`]);
  await eventually(() => expect(link.troubles()).toHaveLength(3));
  expect(link.troubles().join()).toContain('MCPServerInstanceCreated cannot be heard: NOPERM');
  expect(connected()).toBe(1);
  await redis.client.publish(DELETED, message('one'));
  await eventually(() => expect(ids()).toEqual(['one']));

  await redis.client.call('ACL', 'SETUSER', 'core', 'allchannels');
  await eventually(() => expect(link.troubles()).toEqual([]));
  // What was sent on them before is missed: that is told.
  expect(connected()).toBeGreaterThan(1);
});

test('a message that asks for nothing is left, and told apart from one that cannot be read', async () => {
  const { redis, ids, connected, left } = await listenAs('core', ['allchannels']);
  await eventually(() => expect(connected()).toBe(1));
  await redis.client.publish(DELETED, 'no JSON at all');
  await redis.client.publish(DELETED, JSON.stringify({ event_type: 'AgentCreated', data: {} }));
  await redis.client.publish(DELETED, message('last'));
  await eventually(() => expect(ids()).toEqual(['last']));
  expect(left).toEqual(['malformed', 'ignored']);
});

test('a Redis that is gone is told until all is heard again', async () => {
  const { redis, link, ids, connected } = await listenAs('core', ['allchannels']);
  await eventually(() => expect(connected()).toBe(1));
  expect(link.troubles()).toEqual([]);
  await redis.kill();
  await eventually(() => expect(link.troubles().join()).toContain('cannot be heard'));

  await redis.start();
  await redis.client.call('ACL', 'SETUSER', 'core', 'on', '>p', '+subscribe', 'allchannels');
  await eventually(() => expect(link.troubles()).toEqual([]));
  await redis.client.publish(DELETED, message('two'));
  await eventually(() => expect(ids()).toEqual(['two']));
});
