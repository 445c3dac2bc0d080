import { stat } from 'node:fs/promises';
import { expect, onTestFinished, test } from 'vitest';
import { BUNDLE } from '../../../scripts/bundle-bridge.ts';
import { eventually } from '../../helpers/eventually.ts';
import { call, callModern, initialize, modern, openSession, post, textOf } from './raw-client.ts';
import { servers, startBridge } from './start-bridge.ts';

test('after TERM open calls finish, new ones are told to go elsewhere, and nothing is left', async () => {
  const bridge = await startBridge({ command: servers.fixture() });
  const session = await openSession(bridge.url);
  const pids = [await session.call('say'), await callModern(bridge.url, 'say')].map(textOf);
  const listening = new AbortController();
  onTestFinished(() => listening.abort());
  const stream = await session.listen(listening.signal);
  const open = [session.call('slow', { ms: 1_500 }), callModern(bridge.url, 'slow', { ms: 1_500 })];
  await eventually(async () => expect(await bridge.metric('requests_in_flight')).toBe(2));
  bridge.kill('SIGTERM');
  await eventually(async () => {
    const answer = await callModern(bridge.url, 'say');
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
  });
  expect((await post(bridge.url, initialize())).status).toBe(503);
  expect((await fetch(`${bridge.url}/healthz`)).status).toBe(503);
  expect((await Promise.all(open)).map(textOf)).toEqual(['slept', 'slept']);
  expect(await bridge.exited).toEqual({ code: 0, signal: null });
  expect(await stream.text()).toBe('');
  for (const pid of pids) expect(() => process.kill(Number(pid), 0)).toThrow('ESRCH');
});

test('it ends within its drain time, whatever is open', async () => {
  const flags = ['--drain-seconds', '1', '--stop-seconds', '1'];
  const bridge = await startBridge({ command: servers.faulty('stubborn'), flags });
  const session = await openSession(bridge.url);
  const pid = Number(textOf(await session.call('say')));
  const open = session.post(call('open', 'never')).catch(String);
  await eventually(async () => expect(await bridge.metric('requests_in_flight')).toBe(1));
  const startMs = performance.now();
  bridge.kill('SIGTERM');
  expect(await bridge.end()).toEqual({ code: 0, signal: null });
  expect(performance.now() - startMs).toBeLessThan(4_000);
  // What was killed is there until somebody has asked for its end.
  await eventually(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'));
  await open;
});

test('a standing subscription is told of the end', async () => {
  for (const era of ['legacy', 'modern'] as const) {
    const bridge = await startBridge({ command: servers.fixture(era) });
    const { body, headers } = modern('subscriptions/listen', {
      notifications: { toolsListChanged: true },
    });
    const heard = post(bridge.url, body, headers);
    await eventually(async () => expect(await bridge.metric('children')).toBe(1));
    await callModern(bridge.url, 'say');
    await bridge.end();
    expect(
      (await heard).messages.map(({ method, result }) => method ?? result?.['resultType']),
    ).toEqual(['notifications/subscriptions/acknowledged', 'complete']);
  }
});

test('a port that is taken ends it with words', async () => {
  const bridge = await startBridge({ command: servers.tiny() });
  const second = startBridge({
    command: servers.tiny(),
    flags: ['--port', new URL(bridge.url).port],
  });
  await expect(second).rejects.toThrow('EADDRINUSE');
});

test('bundled into one small file it does the same', async () => {
  expect((await stat(BUNDLE)).size).toBeLessThan(100_000);
  const bridge = await startBridge({ command: servers.fixture(), program: BUNDLE });
  const session = await openSession(bridge.url);
  expect(textOf(await session.call('say', { words: 'legacy' }))).toBe('legacy');
  expect(textOf(await callModern(bridge.url, 'say', { words: 'modern' }))).toBe('modern');
});
