import { expect, test } from 'vitest';
import { openTestRouter, routeToMirror, soon } from './open-test-router.ts';

const CLIENTS = 8;
const SWITCHES = 10;

test('no request fails while the target changes', async () => {
  const { router } = await openTestRouter();
  const [one, other] = [await routeToMirror('echo'), await routeToMirror('echo')];
  await router.route(one, soon());
  const seen = new Set<string>();
  let requests = 0;
  const switched = new AbortController();

  async function keepAsking(): Promise<void> {
    while (!switched.signal.aborted) {
      const answer = await fetch(`${router.baseUrl}/mcp/echo`, { method: 'POST', body: '{}' });
      expect(answer.status).toBe(200);
      seen.add(JSON.parse(await answer.text()).headers.host);
      requests += 1;
    }
  }
  const clients = Array.from({ length: CLIENTS }, keepAsking);
  for (let turn = 0; turn < SWITCHES; turn += 1) {
    await router.route(turn % 2 === 0 ? other : one, soon());
    // What is routed now is what every request from now on reaches.
    const answer = await fetch(`${router.baseUrl}/mcp/echo`);
    const target = (turn % 2 === 0 ? other : one).targets[0]?.url ?? '';
    expect(JSON.parse(await answer.text()).headers.host).toBe(new URL(target).host);
  }
  switched.abort();
  await Promise.all(clients);

  expect(seen.size).toBe(2);
  expect(requests).toBeGreaterThan(SWITCHES * CLIENTS);
});
