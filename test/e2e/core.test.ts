import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ENCODINGS } from '../helpers/core-messages.ts';
import {
  apiOf,
  FAILURE,
  type Message,
  openForCore as open,
  send,
  SPEC,
  STATUS,
  wordsOf,
} from '../helpers/core-manager.ts';
import { eventually } from '../helpers/eventually.ts';

/** Of those that were told to run. */
const containersOf = (told: readonly Message[], id: string) => {
  const running = told.filter((one) => one['instance_id'] === id && one['status'] === 'running');
  return new Set(running.map(({ container_id }) => container_id));
};

test('an instance of core is made and removed, whatever encoding says so, and core is told', async () => {
  const { redis, told, documents } = await open();
  for (const [number, encoding] of Object.keys(ENCODINGS).entries()) {
    const id = `id-${number}`;
    await send(redis, encoding, 'created', { instance_id: id, name: 'My Echo', json_spec: SPEC });
    await eventually(() => expect(wordsOf(told, id)).toContain('running'));
  }
  expect(documents()).toHaveLength(6);
  const running = told.find(({ status }) => status === 'running');
  expect(running).toMatchObject({
    name: 'My Echo',
    container_id: expect.any(String),
    url: expect.stringContaining('/mcp/my-echo-'),
  });
  for (const [number, encoding] of Object.keys(ENCODINGS).entries()) {
    const id = `id-${number}`;
    await send(redis, encoding, 'deleted', { instance_id: id });
    await eventually(() => expect(wordsOf(told, id).at(-1)).toBe('stopped'));
  }
  await eventually(() => expect(documents()).toEqual([]));
});

describe('what is told twice, out of order or wrong', () => {
  test('leaves one document for each instance', async () => {
    const { redis, told, documents } = await open();
    const one = { instance_id: 'one', name: 'Same Name', json_spec: SPEC };
    for (const encoding of Object.keys(ENCODINGS)) await send(redis, encoding, 'created', one);
    await send(redis, 'the bare data', 'created', { ...one, instance_id: 'two' });
    await send(redis, 'the bare data', 'created', { ...one, name: 'Another Name' });
    await eventually(() => expect(wordsOf(told, 'two')).toContain('running'));
    expect(documents()).toHaveLength(2);
  });

  test('a deletion that comes before its creation holds, also after a restart', async () => {
    const { redis, place, manager, documents, told, hears } = await open();
    await send(redis, 'CloudEvents', 'deleted', { instance_id: 'gone' });
    await send(redis, 'the bare data', 'created', {
      instance_id: 'mark',
      name: 'm',
      json_spec: SPEC,
    });
    await eventually(() => expect(wordsOf(told, 'mark')).toContain('running'));
    await manager.end();
    await place.run();
    await hears();
    const gone = { instance_id: 'gone', name: 'Gone', json_spec: SPEC };
    await send(redis, 'the bare data', 'created', gone);
    await send(redis, 'the bare data', 'created', {
      instance_id: 'end',
      name: 'e',
      json_spec: SPEC,
    });
    await eventually(() => expect(wordsOf(told, 'end')).toContain('running'));
    expect(documents().filter((file) => file.startsWith('gone'))).toEqual([]);
  });

  test('a specification with mistakes is told to core with its text, and changes nothing', async () => {
    const { redis, told, documents } = await open();
    const wrong = { instance_id: 'bad', name: 'Bad', json_spec: { image: 'x', port: 70_000 } };
    await send(redis, 'the bare data', 'created', wrong);
    await eventually(() => expect(wordsOf(told, 'bad')).toHaveLength(2));
    const text = 'Validation failed: [Invalid JSON spec: port must be between 1 and 65535]';
    expect(told).toMatchObject([
      { channel: FAILURE, instance_id: 'bad', error: text },
      { channel: STATUS, instance_id: 'bad', status: 'failed', error: text },
    ]);
    expect(documents()).toEqual([]);
    await send(redis, 'the bare data', 'created', { ...wrong, json_spec: SPEC });
    await eventually(() => expect(wordsOf(told, 'bad').at(-1)).toBe('running'));
  });

  test('nonsense stops nobody', async () => {
    const { redis, told, manager } = await open();
    const { channel, payload } = ENCODINGS['a binary envelope']!({
      kind: 'created',
      data: { instance_id: 'cut', name: 'Cut', json_spec: SPEC },
    });
    for (let length = 0; length < payload.length; length += 7) {
      await redis.client.publish(channel, payload.subarray(0, length));
    }
    await redis.client.publish(channel, Buffer.alloc(50 * 2 ** 20, 'x'));
    for (let number = 0; number < 10_000; number += 1) {
      void redis.client.publish(channel, `{"instance_id": ${number}`);
    }
    await send(redis, 'the bare data', 'created', {
      instance_id: 'good',
      name: 'g',
      json_spec: SPEC,
    });
    await eventually(() => expect(wordsOf(told, 'good')).toContain('running'));
    expect(manager.stderr().split('\n').length).toBeLessThan(50);
  });
});

test('where changes wait for approval, what core wants is its own, and what people write waits', async () => {
  const { redis, place, manager, told, documents } = await open({}, '--approve');
  place.declare('people.yaml', { theirs: { image: 'mcp/echo' } });
  const ids = Array.from({ length: 5 }, (_, number) => `id-${number}`);
  const create = (id: string, spec: object) =>
    send(redis, 'the bare data', 'created', { instance_id: id, name: 'Echo', json_spec: spec });
  for (const id of ids) await create(id, SPEC);
  for (const id of ids) await eventually(() => expect(wordsOf(told, id)).toContain('running'));
  for (const id of ids) await create(id, { ...SPEC, image: 'mcp/better' });
  for (const id of ids) await eventually(() => expect(containersOf(told, id).size).toBe(2));
  for (const id of ids) await send(redis, 'the bare data', 'deleted', { instance_id: id });
  await eventually(() => expect(documents()).toEqual([]));
  await manager.until({ theirs: 'Pending' });
  await eventually(async () => expect(await namesOf(manager)).toEqual(['theirs']));
});

test('a secret in clear is kept apart, and is in no document', async () => {
  const { redis, told, place, documents } = await open();
  const spec = { ...SPEC, environment: { API_KEY: 'planted-value' } };
  await send(redis, 'the bare data', 'created', { instance_id: 's', name: 's', json_spec: spec });
  await eventually(() => expect(wordsOf(told, 's')).toContain('running'));
  const [file = ''] = documents();
  expect(readFileSync(place.path(`core/${file}`), 'utf8')).not.toContain('planted-value');
});

test('what Redis did not carry is told when it is back, and by streams where asked', async () => {
  const { redis, place, manager, told, hears } = await open({ CORE_STREAMS: 'true' });
  const one = { instance_id: 'one', name: 'One', json_spec: SPEC };
  await send(redis, 'the bare data', 'created', one);
  await eventually(() => expect(wordsOf(told, 'one')).toContain('running'));
  await redis.kill();
  expect((await place.cli('remove', ...(await namesOf(manager)), '--yes')).code).toBe(0);
  await eventually(async () => expect(await namesOf(manager)).toEqual([]));
  await redis.start();
  await hears();
  await eventually(() => expect(wordsOf(told, 'one').at(-1)).toBe('stopped'));
  const entries = await redis.client.xrange(`events:agentarea.mcp.v1.${STATUS}`, '-', '+');
  expect(entries.at(-1)?.[1]).toEqual(expect.arrayContaining(['ce_subject', 'one']));
});

async function namesOf({ control }: Awaited<ReturnType<typeof open>>['manager']) {
  return (await control.status()).services.map(({ name }) => name);
}

test('what is stopped here is told to core, stays off whatever core changes, and is told again then', async () => {
  const { redis, told, documents, manager } = await open();
  const url = apiOf(manager);
  const one = { instance_id: 'one', name: 'One', json_spec: SPEC };
  await send(redis, 'the bare data', 'created', one);
  await eventually(() => expect(wordsOf(told, 'one').at(-1)).toBe('running'));
  const service = documents()[0]?.replace('.yaml', '');
  const call = async (kind: 'stop' | 'start') =>
    (await fetch(`${url}/v1/services/${service}/${kind}`, { method: 'POST' })).status;

  expect(await call('stop')).toBe(200);
  await eventually(() => expect(wordsOf(told, 'one').at(-1)).toBe('stopped'));
  expect(wordsOf(told, 'one').slice(-2)).toEqual(['running', 'stopped']);
  const before = wordsOf(told, 'one').length;
  await send(redis, 'the bare data', 'created', {
    ...one,
    json_spec: { ...SPEC, environment: { LOG_LEVEL: 'debug' } },
  });
  await eventually(() => expect(wordsOf(told, 'one').length).toBeGreaterThan(before));
  await eventually(() => expect(wordsOf(told, 'one').at(-1)).toBe('stopped'));
  expect(wordsOf(told, 'one').slice(before)).toEqual(['stopped']);

  expect(await call('start')).toBe(200);
  await eventually(() => expect(wordsOf(told, 'one').at(-1)).toBe('running'));
});
