import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ENCODINGS } from '../helpers/core-messages.ts';
import { eventually } from '../helpers/eventually.ts';
import { createWorkplace } from '../helpers/manager.ts';
import { createRedisServer } from '../helpers/redis.ts';
import { type Wrong, binaryEnvelope } from '../platform/binary-message.ts';

// Planted in every message: it stands in no log, no event and no document.
const SECRET = 'planted-3f9a';
const CHANNELS = ['MCPServerInstanceCreated', 'MCPServerInstanceDeleted'];
const SPEC = { image: 'mcp/echo', port: 8000 };
const FLOOD = 10_000;
const MIB = 2 ** 20;

const HUGE = 50 * MIB;
const HUGE_TIMES = 10;
/** One on its way is there twice, whole and in pieces; all of them would be 500 MiB. */
const MOST_GROWTH_MIB = 400;

async function open() {
  // As it comes, Redis drops a reader for whom more than 32 MiB lie ready.
  const settings = ['--client-output-buffer-limit', 'pubsub 0 0 0'];
  const redis = await createRedisServer({ settings });
  await redis.start();
  const place = createWorkplace(onTestFinished, {
    runtime: 'memory',
    environment: { REDIS_URL: redis.url, LOG_LEVEL: 'debug' },
  });
  const manager = await place.run();
  const publish = (encoding: string, kind: 'created' | 'deleted', data: object) => {
    const message = ENCODINGS[encoding]?.({ kind, data: { ...data } });
    if (!message) throw new Error(`no encoding ${encoding}`);
    return redis.client.publish(message.channel, message.payload);
  };
  const documents = (): readonly string[] =>
    existsSync(place.path('core')) ? readdirSync(place.path('core')) : [];
  /** Sent again until it is there, as a channel keeps nothing for who does not listen. */
  const untilMade = (id: string) =>
    eventually(async () => {
      await publish('the bare data', 'created', { instance_id: id, name: id, json_spec: SPEC });
      expect(documents().filter((file) => file.startsWith(id))).toHaveLength(1);
    });
  return { redis, place, manager, publish, documents, untilMade };
}

/** The most memory that the process ever had. */
function peakMib(pid: number | undefined): number {
  const [, kib] =
    /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8')) ?? [];
  return Number(kib) / 1024;
}

const good = {
  instance_id: 'bad',
  name: 'bad',
  json_spec: { ...SPEC, environment: { API_KEY: SECRET } },
};
const event = (data: unknown) => JSON.stringify({ event_type: CHANNELS[0], event_id: 'e', data });
const binary = (wrong: Wrong) =>
  binaryEnvelope(event(good), { 'content-type': 'application/json', 'x-secret': SECRET }, wrong);

/** Whatever can be wrong with a message, by what is wrong. */
function badMessages(): readonly Buffer[] {
  const whole = binary({});
  const cut = Array.from({ length: whole.length }, (_, length) => whole.subarray(0, length));
  const wrong: readonly Wrong[] = [
    { version: 0 },
    { version: 2 },
    { version: 65_535 },
    { headersStart: 0 },
    { headersStart: 2 ** 32 - 1 },
    { bodyStart: 0 },
    { bodyStart: 2 ** 32 - 1 },
    { bodyStart: whole.length + 1 },
    { headerCount: 65_535 },
    { nameLength: 65_535 },
  ];
  const texts = [
    `{"${SECRET}`,
    `"${SECRET}"`,
    `["${SECRET}"]`,
    'null',
    '7',
    '{"data":'.repeat(100_000),
    `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
    `{"__proto__": {"instance_id": "bad"}, "x": "${SECRET}"}`,
    event({}),
    event([]),
    event(SECRET),
    event({ name: 'bad', json_spec: SPEC, token: SECRET }),
    event({ ...good, instance_id: 7 }),
    event({ ...good, instance_id: '' }),
    event({ ...good, instance_id: 'x'.repeat(257) }),
    event({ ...good, instance_id: 'a\nb' }),
    event({ ...good, name: 7 }),
    event({ ...good, json_spec: SECRET }),
    event({ ...good, json_spec: { image: [SECRET], port: SECRET } }),
    event({ ...good, json_spec: { image: 'x', port: 8000, environment: [SECRET] } }),
    JSON.stringify({ specversion: '9.0', type: 'x', data: good }),
    JSON.stringify({ event_type: 'MCPServerInstanceUpdated', data: good }),
  ];
  const noUtf8 = Buffer.concat([Buffer.from(`{"${SECRET}":"`), Buffer.of(0xff), Buffer.from('"}')]);
  return [...cut, ...wrong.map(binary), ...texts.map((text) => Buffer.from(text)), noUtf8];
}

test('bad messages and floods leave what core has, end nobody, tell no secret and fill no memory', async () => {
  const { redis, place, manager, publish, documents, untilMade } = await open();
  await untilMade('kept');
  const [kept = ''] = documents();
  const text = readFileSync(place.path(`core/${kept}`), 'utf8');
  const before = peakMib(manager.pid);

  for (const message of badMessages()) {
    await Promise.all(CHANNELS.map((channel) => redis.client.publish(channel, message)));
  }
  await untilMade('after-bad');
  expect(documents()).toHaveLength(2);

  const huge = Buffer.alloc(HUGE, SECRET);
  for (let time = 0; time < HUGE_TIMES; time += 1)
    await redis.client.publish('MCPServerInstanceCreated', huge);
  await untilMade('after-huge');
  expect(documents()).toHaveLength(3);

  // Each is told of again and again, out of order; of the even ones also that they are gone.
  const ids = Array.from({ length: 40 }, (_, at) => `flood-${String(at)}-`);
  const kinds = Object.keys(ENCODINGS);
  for (let at = 0; at < FLOOD; at += 1) {
    const index = (at * 7) % ids.length;
    const kind = index % 2 === 0 && at % 3 === 0 ? 'deleted' : 'created';
    const id = ids[index] ?? '';
    void publish(kinds[at % kinds.length] ?? '', kind, {
      instance_id: id,
      name: id,
      json_spec: SPEC,
    });
  }
  await untilMade('after-flood');
  const left = ids.filter((_id, index) => index % 2 === 1);
  await eventually(() => {
    const flooded = documents().filter((file) => file.startsWith('flood-'));
    expect(flooded.map((file) => file.replace(/[^-]+$/, '')).toSorted()).toEqual(left.toSorted());
  });
  expect(documents()).toHaveLength(4 + left.length);
  expect(readFileSync(place.path(`core/${kept}`), 'utf8')).toBe(text);
  expect(peakMib(manager.pid) - before).toBeLessThan(MOST_GROWTH_MIB);
  expect(manager.stdout() + manager.stderr()).not.toContain(SECRET);
  expect(filesWith(SECRET, place.folder)).toEqual([]);
});

/** Documents, store, events and secrets lie below one folder. */
function filesWith(text: string, folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => readFileSync(path).includes(text));
}
