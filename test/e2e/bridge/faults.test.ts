import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { eventually } from '../../helpers/eventually.ts';
import { call, callModern, openSession, post, initialize, textOf } from './raw-client.ts';
import { servers, startBridge } from './start-bridge.ts';

const MEGABYTE = 1024 * 1024;

test('a server that prints text on its output is served, and the text is in the log', async () => {
  const bridge = await startBridge({ command: servers.faulty('chatty') });
  const session = await openSession(bridge.url);
  expect(textOf(await session.call('say'))).toMatch(/^\d+$/);
  const lines = bridge
    .log()
    .filter(({ message }) => message === 'the server wrote what is no JSON-RPC');
  expect(lines.map(({ line }) => line)).toEqual([
    'Server is ready!',
    '{"not":"rpc"}',
    '[1]',
    '{broken',
  ]);
});

test('a server that writes half a line and stops fails its call in time, and the next session works', async () => {
  const bridge = await startBridge({
    command: servers.faulty('half'),
    flags: ['--call-seconds', '1'],
  });
  const session = await openSession(bridge.url);
  const { messages } = await session.call('half');
  expect(messages[0]?.error?.message).toBe('The server did not answer in 1 s.');
  expect(textOf(await (await openSession(bridge.url)).call('say'))).toMatch(/^\d+$/);
});

test('a line that is too long is dropped and told, and what comes after it is served', async () => {
  const bridge = await startBridge({
    command: servers.faulty('oversized'),
    flags: ['--max-message-bytes', '100000'],
  });
  const session = await openSession(bridge.url);
  expect(textOf(await session.call('oversized'))).toMatch(/^\d+$/);
  expect(bridge.stderr()).toContain('a line of the server is too long and was dropped');
});

test('an answer that is nested too deeply to be written again fails its call alone', async () => {
  const bridge = await startBridge({ command: servers.faulty('deep') });
  const session = await openSession(bridge.url);
  expect((await session.call('deep')).messages[0]?.error).toBeDefined();
  expect(textOf(await session.call('say'))).toMatch(/^\d+$/);
  expect(bridge.stderr()).toContain('a message could not be passed on');
});

test('a server that writes 300 MB without the end of a line is served, in bounded memory', async () => {
  const bridge = await startBridge({ command: servers.faulty('') });
  const session = await openSession(bridge.url);
  expect(textOf(await session.call('endless'))).toMatch(/^\d+$/);
  expect(bridge.residentBytes()).toBeLessThan(200 * MEGABYTE);
});

test('a server that floods its output is served, in bounded memory', async () => {
  const bridge = await startBridge({ command: servers.faulty('flooding') });
  const session = await openSession(bridge.url);
  for (let at = 0; at < 20; at++) expect(textOf(await session.call('say'))).toMatch(/^\d+$/);
  expect(bridge.residentBytes()).toBeLessThan(250 * MEGABYTE);
  expect(bridge.stderr().length).toBeLessThan(MEGABYTE);
});

test('a client that reads nothing holds back its own server, in bounded memory', async () => {
  const bridge = await startBridge({ command: servers.faulty('') });
  const session = await openSession(bridge.url);
  // 200 MB are written, and none of it is read.
  const stalled = await session.fetch(call(1, 'notify'));
  for (let at = 0; at < 20; at++) {
    expect(textOf(await (await openSession(bridge.url)).call('say'))).toMatch(/^\d+$/);
  }
  expect(bridge.residentBytes()).toBeLessThan(200 * MEGABYTE);
  const text = await stalled.text();
  expect(text.length).toBeGreaterThan(200 * MEGABYTE);
  expect(text).toContain('"id":1,"result"');
});

test('a server that reads nothing more fails the calls it does not take, in bounded memory', async () => {
  const flags = ['--max-message-bytes', '1000000', '--call-seconds', '2', '--stop-seconds', '1'];
  const bridge = await startBridge({ command: servers.faulty('deaf'), flags });
  const session = await openSession(bridge.url);
  const words = 'x'.repeat(MEGABYTE);
  const answers = await Promise.all(
    Array.from({ length: 30 }, (_, at) => session.post(call(at + 1, 'say', { words }))),
  );
  const errors = answers.map(({ messages }) => messages[0]?.error?.message);
  expect(errors).toContain('The server does not read its input.');
  expect(errors.every((message) => message !== undefined)).toBe(true);
  expect(bridge.residentBytes()).toBeLessThan(250 * MEGABYTE);
});

test('what a server forked ends with it, also what has left its process group', async () => {
  const bridge = await startBridge({ command: servers.faulty('forking') });
  const session = await openSession(bridge.url);
  await session.call('say');
  expect(sleepersOf(bridge.pid)).toBeGreaterThan(0);
  await eventually(() => expect(sleepersOf(bridge.pid)).toBe(0));
});

test('a server that dies answers its open call at once, and the next call works', async () => {
  const bridge = await startBridge({ command: servers.fixture('legacy') });
  const session = await openSession(bridge.url);
  const startMs = performance.now();
  const [slow, died] = await Promise.all([
    session.call('slow', { ms: 60_000 }),
    session.call('die'),
  ]);
  expect(performance.now() - startMs).toBeLessThan(3_000);
  for (const { messages } of [slow, died]) {
    expect(messages.at(-1)?.error?.message).toBe(
      'The server ended before it answered (exit code 3).',
    );
  }
  expect(textOf(await session.call('say', { words: 'again' }))).toBe('again');
});

test('the shared server of modern clients comes again too', async () => {
  const bridge = await startBridge({ command: servers.fixture() });
  const died = await callModern(bridge.url, 'die');
  expect(died.messages[0]?.error?.message).toContain('exit code 3');
  expect(textOf(await callModern(bridge.url, 'say', { words: 'again' }))).toBe('again');
});

test.each([
  ['ends at', 'shy'],
  ['is silent to', 'silent'],
])(
  'a legacy server that %s a greeting of the modern era is served to modern clients',
  async (_what, mode) => {
    const bridge = await startBridge({ command: servers.faulty(mode) });
    await eventually(async () =>
      expect(textOf(await callModern(bridge.url, 'say'))).toMatch(/^\d+$/),
    );
  },
);

test('a server that dies each second is served between its deaths', async () => {
  const bridge = await startBridge({ command: servers.faulty('mortal') });
  const session = await openSession(bridge.url);
  const endMs = performance.now() + 3_500;
  const pids = new Set<string>();
  let failed = 0;
  while (performance.now() < endMs) {
    const answer = await session.call('say');
    if (answer.messages[0]?.error === undefined) pids.add(textOf(answer));
    else failed += 1;
  }
  expect(pids.size).toBeGreaterThanOrEqual(3);
  expect(failed).toBeLessThan(10);
});

test('a server that ends at once is put off, and the client told when to come again', async () => {
  const bridge = await startBridge({ command: servers.faulty('stillborn') });
  const answers = [];
  for (let at = 0; at < 8; at++) answers.push(await post(bridge.url, initialize()));
  expect(answers.map(({ status }) => status).every((status) => status >= 200)).toBe(true);
  expect(answers[0]?.messages[0]?.error?.message).toContain('exit code 7');
  expect(await bridge.metric('sessions')).toBe(0);
  const modernAnswers = [];
  for (let at = 0; at < 8; at++) modernAnswers.push(await callModern(bridge.url, 'say'));
  const last = modernAnswers.at(-1);
  expect(last?.status).toBe(503);
  expect(Number(last?.headers.get('retry-after'))).toBeGreaterThan(1);
  expect((await fetch(`${bridge.url}/healthz`)).status).toBe(503);
});

test('a command that is not there is told in words', async () => {
  const bridge = await startBridge({ command: ['/nowhere/server'] });
  const { messages } = await post(bridge.url, initialize());
  expect(messages[0]?.error?.message).toContain('it could not be started: ENOENT');
});

test('a server that ignores TERM is killed', async () => {
  const bridge = await startBridge({
    command: servers.faulty('stubborn'),
    flags: ['--stop-seconds', '1'],
  });
  const session = await openSession(bridge.url);
  const pid = Number(textOf(await session.call('say')));
  expect(await session.end()).toBe(200);
  await eventually(() => expect(isAlive(pid)).toBe(false));
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Sleeping processes that a child of this bridge has started. */
function sleepersOf(bridge: number): number {
  const text = execFileSync('sh', [
    '-c',
    `grep -lsz '^MCP_BRIDGE_CHILD=' /proc/[0-9]*/environ | while read f; do d=\${f%/environ}; tr '\\0' ' ' < $d/cmdline; echo; done`,
  ]).toString();
  expect(bridge).toBeGreaterThan(0);
  return text.split('\n').filter((line) => line.startsWith('sleep 30')).length;
}
