import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { type Answer, createHttpAnswer } from '../../../src/programs/bridge/answer.ts';
import type { Message } from '../../../src/programs/bridge/json-rpc.ts';

const TOLD: Message = {
  kind: 'notification',
  method: 'notifications/message',
  params: { level: 'info' },
};
const DONE = { ok: true, result: {} } as const;

/** Answers one request so, and tells when its headers were there, in milliseconds. */
async function ask(respond: (answer: Answer) => void) {
  const server = createServer((_request, response) => respond(createHttpAnswer(response)));
  onTestFinished(() => void server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const beganMs = performance.now();
  const response = await fetch(`http://127.0.0.1:${String(address.port)}`, { method: 'POST' });
  const tookMs = performance.now() - beganMs;
  return { response, tookMs };
}

test('no stream begins at once: proxies that have not seen the end of the request would break it off', async () => {
  const { response, tookMs } = await ask((answer) => {
    answer.send(TOLD);
    setTimeout(() => answer.finish(1, DONE), 100);
  });
  // Timers of Node may be a millisecond early.
  expect(tookMs).toBeGreaterThanOrEqual(9);
  const events = (await response.text()).match(/^data: /gm);
  expect(events).toHaveLength(2);
});

test('no long answer begins at once either, a short one does', async () => {
  const long = { ok: true, result: { text: 'x'.repeat(20_000) } } as const;
  const { response, tookMs } = await ask((answer) => {
    answer.finish(1, long);
    answer.finish(1, DONE);
  });
  expect(tookMs).toBeGreaterThanOrEqual(9);
  expect(await response.json()).toMatchObject({ result: long.result });
  const times: number[] = [];
  for (let round = 0; round < 20; round += 1) {
    times.push((await ask((answer) => answer.finish(1, DONE))).tookMs);
  }
  expect(Math.min(...times)).toBeLessThan(9);
});

test('a stream that ends sooner is sent whole with its end', async () => {
  const { response } = await ask((answer) => {
    answer.send(TOLD);
    answer.finish(1, DONE);
  });
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  expect((await response.text()).match(/^data: /gm)).toHaveLength(2);
});
