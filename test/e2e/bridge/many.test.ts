import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { eventually } from '../../helpers/eventually.ts';
import { callModern, openSession, textOf } from './raw-client.ts';
import type { RawSession } from './raw-client.ts';
import { servers, startBridge } from './start-bridge.ts';

const SESSIONS = 500;
const REQUESTS = 1_000;
const AT_ONCE = 25;
const MOST_RESIDENT_BYTES = 250 * 1024 * 1024;

test('500 sessions and 1,000 requests at once lose no call, and their children end with them', async () => {
  const flags = ['--max-children', String(SESSIONS)];
  const bridge = await startBridge({ command: servers.tiny(), flags });
  const sessions: RawSession[] = [];
  for (let at = 0; at < SESSIONS; at += AT_ONCE) {
    const more = Array.from({ length: AT_ONCE }, () => openSession(bridge.url));
    sessions.push(...(await Promise.all(more)));
  }
  const own = await Promise.all(sessions.map(async (session) => textOf(await session.call('say'))));
  expect(new Set(own).size).toBe(SESSIONS);
  const again = await Promise.all(
    sessions.map(async (session) => textOf(await session.call('say'))),
  );
  expect(again).toEqual(own);
  const answers = await Promise.all(
    Array.from({ length: REQUESTS }, (_, at) => callModern(bridge.url, 'say', {}, at)),
  );
  expect(new Set(answers.map(textOf)).size).toBe(1);
  expect(answers.map(({ messages }) => messages[0]?.id)).toEqual(answers.map((_, at) => at));
  expect(await bridge.metric('children')).toBe(SESSIONS + 1);
  expect(bridge.residentBytes()).toBeLessThan(MOST_RESIDENT_BYTES);
  bridge.kill('SIGTERM');
  await bridge.exited;
  await eventually(() => expect(running('tiny.sh')).toBe(0));
});

function running(name: string): number {
  const list = execFileSync('ps', ['-eo', 'args']).toString();
  return list.split('\n').filter((line) => line.includes(name) && line.startsWith('sh ')).length;
}
