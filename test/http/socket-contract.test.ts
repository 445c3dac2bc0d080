import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createSocketClient } from '../../src/cli/socket-client.ts';
import type { ApplyRequest, Command, Control } from '../../src/control.ts';
import { AppError } from '../../src/errors.ts';
import { createApp } from '../../src/http/app.ts';
import { listenOnSocket } from '../../src/http/socket.ts';
import type { Log } from '../../src/ports.ts';
import { eventually } from '../helpers/eventually.ts';
import { createTempFolder } from '../helpers/temp-folder.ts';
import {
  createFakeControl,
  someDraft,
  someEntry,
  someEvent,
  someHealth,
  somePlan,
  someResult,
  someStatus,
  untilAborted,
} from './fake-control.ts';

const never = new AbortController().signal;

interface Served {
  readonly client: Control;
  readonly calls: ReturnType<typeof createFakeControl>['calls'];
  readonly logged: string[];
  readonly path: string;
  readonly close: () => Promise<void>;
}

/** A fake manager behind the real API on a real socket, and the real client before it. */
async function serve(replaced: Partial<Control> = {}): Promise<Served> {
  const path = join(await createTempFolder(), 'api.sock');
  const control = createFakeControl(replaced);
  const logged: string[] = [];
  const note = (_fields: unknown, message: string): void => void logged.push(message);
  const log: Log = { debug: note, info: note, warn: note, error: note };
  const app = createApp({ control, log, version: '1.2.3' });
  await listenOnSocket(app, path);
  const close = async (): Promise<void> => {
    await app.close();
  };
  onTestFinished(close);
  return { client: createSocketClient(path), calls: control.calls, logged, path, close };
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

test('every question reaches the manager as it was asked, and its answer comes back whole', async () => {
  const { client, calls } = await serve();
  expect(await client.health()).toEqual(someHealth());
  expect(await client.status()).toEqual({
    services: [someStatus('echo')],
    problems: [],
    leftAlone: [],
  });
  expect(await client.plan({ names: ['echo'], allowRemovals: 2 })).toEqual(somePlan());
  expect(await client.history({ service: 'echo', limit: 7 })).toEqual([someEntry()]);
  const wish = { container: 'old-echo', service: 'echo', port: 8080, path: '/' };
  expect(await client.draftImport(wish)).toEqual(someDraft());
  expect(calls).toEqual([
    ['health'],
    ['status'],
    ['plan', { names: ['echo'], allowRemovals: 2 }],
    ['history', { service: 'echo', limit: 7 }],
    ['draftImport', wish],
  ]);
});

test('every command is left with the manager', async () => {
  const { client, calls } = await serve();
  const by = 'ada@host';
  const kinds = ['restart', 'pause', 'unpause', 'update', 'forget'] as const;
  const commands: Command[] = [
    ...kinds.map((kind) => ({ kind, service: 'echo', by })),
    { kind: 'remove', service: 'echo', volumes: true, by },
  ];
  for (const command of commands) await client.ask(command);
  await client.importContainer({ container: 'old-echo', service: 'echo' });
  await client.wake(['echo']);
  await client.wake();
  expect(calls).toEqual([
    ...commands.map((command) => ['ask', command]),
    ['importContainer', { container: 'old-echo', service: 'echo' }],
    ['wake', ['echo']],
    ['wake', undefined],
  ]);
});

test('apply streams its events and ends with its result', async () => {
  const { client, calls } = await serve();
  const request: ApplyRequest = { plan: somePlan(), allowRemovals: 1, wait: true, by: 'ada' };
  expect(await collect(client.apply(request, never))).toEqual([
    { kind: 'event', event: someEvent(1) },
    { kind: 'result', result: someResult() },
  ]);
  expect(calls).toEqual([['apply', request]]);
});

test('events and logs stream what is there', async () => {
  const { client, calls } = await serve();
  const query = { since: '2026-01-31', follow: false, service: 'echo', types: ['drift'] };
  const events = await collect(client.events(query, never));
  expect(events).toEqual([someEvent(1), someEvent(2)]);
  const lines = await collect(client.logs('echo', { follow: false, tail: 5, sinceMs: 9 }, never));
  expect(lines.map(({ text }) => text)).toEqual(['hello']);
  expect(calls).toEqual([
    ['events', query],
    ['logs', 'echo', { follow: false, tail: 5, sinceMs: 9 }],
  ]);
});

test('an event arrives while the stream goes on, and leaving ends it on both sides', async () => {
  let ended = false;
  const { client } = await serve({
    async *events(_query, signal) {
      yield someEvent(1);
      await untilAborted(signal);
      ended = true;
    },
  });
  const leaving = new AbortController();
  for await (const event of client.events({ follow: true }, leaving.signal)) {
    expect(event).toEqual(someEvent(1));
    leaving.abort();
  }
  await eventually(() => expect(ended).toBe(true));
});

test('a reader that stops reading also ends the stream of the manager', async () => {
  let ended = false;
  const { client } = await serve({
    async *logs(_name, _request, signal) {
      yield { atMs: 1, stream: 'stdout', text: 'one' };
      await untilAborted(signal);
      ended = true;
    },
  });
  const lines = client.logs('echo', { follow: true }, never)[Symbol.asyncIterator]();
  await lines.next();
  await lines.return?.();
  await eventually(() => expect(ended).toBe(true));
});

test('a source is not drained while the client does not read', async () => {
  let produced = 0;
  const { client } = await serve({
    async *logs() {
      for (; produced < 5000; produced += 1) {
        yield { atMs: 1, stream: 'stdout', text: 'x'.repeat(10_000) };
      }
    },
  });
  const lines = client.logs('echo', { follow: false }, never)[Symbol.asyncIterator]();
  await lines.next();
  const before = await eventually(() => {
    expect(produced).toBeGreaterThan(0);
    return produced;
  });
  expect(before).toBeLessThan(1000);
  await lines.return?.();
});

test('an error of the manager arrives as it was thrown: code, words and way out', async () => {
  const unknown = new AppError('SERVICE_UNKNOWN', 'no ehco', { hint: 'did you mean echo?' });
  const refuse = () => Promise.reject(unknown);
  const { client } = await serve({
    ask: refuse,
    plan: refuse,
    // oxlint-disable-next-line require-yield -- it fails before it has anything to say
    async *logs() {
      throw unknown;
    },
  });
  const expected = { code: 'SERVICE_UNKNOWN', message: 'no ehco', hint: 'did you mean echo?' };
  await expect(client.plan({})).rejects.toMatchObject(expected);
  await expect(client.ask({ kind: 'pause', service: 'ehco', by: 'ada' })).rejects.toMatchObject(
    expected,
  );
  await expect(collect(client.logs('ehco', { follow: false }, never))).rejects.toMatchObject(
    expected,
  );
});

test('an error in the middle of a stream arrives after what came before it', async () => {
  const { client } = await serve({
    async *events() {
      yield someEvent(1);
      throw new AppError('STATE_UNWRITABLE', 'disk full');
    },
  });
  const seen: string[] = [];
  const reading = (async () => {
    for await (const { id } of client.events({ follow: false }, never)) seen.push(id);
  })();
  await expect(reading).rejects.toMatchObject({ code: 'STATE_UNWRITABLE' });
  expect(seen).toEqual(['producer/1']);
});

test('a bug in the manager is logged there, and tells the client nothing of its inside', async () => {
  const { client, logged } = await serve({
    status: () => Promise.reject(new TypeError('planted inside')),
  });
  const failure = await client.status().catch((error: unknown) => error);
  expect(String(failure)).toContain('failed to answer');
  expect(String(failure)).not.toContain('planted');
  expect(logged).toHaveLength(1);
});

test('a client without a manager is told that none answers, and how to start one', async () => {
  const { client, close } = await serve();
  await close();
  await expect(client.status()).rejects.toMatchObject({
    code: 'MANAGER_UNREACHABLE',
    hint: expect.stringContaining('mcp-manager run'),
  });
  await expect(collect(client.events({ follow: true }, never))).rejects.toMatchObject({
    code: 'MANAGER_UNREACHABLE',
  });
});

test('a manager that goes away in the middle of a stream is told as unreachable', async () => {
  const { client, close } = await serve();
  const events = client.events({ follow: true }, never)[Symbol.asyncIterator]();
  await events.next();
  await events.next();
  const third = events.next().catch((error: unknown) => error);
  await close();
  expect(await third).toMatchObject({ code: 'MANAGER_UNREACHABLE' });
});

test('only the owner may open the socket, and it is gone after the end', async () => {
  const { path, close } = await serve();
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  await close();
  await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('what a dead manager left in the place of its socket is replaced', async () => {
  const path = join(await createTempFolder(), 'api.sock');
  await writeFile(path, '');
  const app = createApp({ control: createFakeControl(), log: quiet, version: '1' });
  onTestFinished(async () => {
    await app.close();
  });
  await listenOnSocket(app, path);
  expect(await createSocketClient(path).health()).toEqual(someHealth());
});

test('a second manager on the same socket is refused, and the first one goes on', async () => {
  const { path, client } = await serve();
  const second = createApp({ control: createFakeControl(), log: quiet, version: '1' });
  await expect(listenOnSocket(second, path)).rejects.toMatchObject({ code: 'LEASE_HELD' });
  expect(await client.health()).toEqual(someHealth());
});

test('a path that no system can hold is refused with its length and a way out', async () => {
  const app = createApp({ control: createFakeControl(), log: quiet, version: '1' });
  await expect(listenOnSocket(app, `/tmp/${'x'.repeat(110)}/api.sock`)).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringContaining('124 bytes'),
    hint: expect.stringContaining('STATE_DIR'),
  });
});

const quiet: Log = { debug() {}, info() {}, warn() {}, error() {} };
