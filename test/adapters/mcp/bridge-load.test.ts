import { expect, test } from 'vitest';
import { flood } from '../../fixtures/mcp/bad-servers.ts';
import { listenHttp } from '../../fixtures/mcp/listen.ts';
import { never, openTestProber } from '../../fixtures/mcp/prober.ts';

const METRICS = 'mcp_bridge_requests_in_flight 2\nmcp_bridge_sessions 3\n';

function serveMetrics(text: string): Promise<string> {
  return listenHttp((_request, response) => response.end(text));
}

test('what is open at a bridge is its requests and its sessions', async () => {
  expect(await openTestProber().openCalls(await serveMetrics(METRICS), never)).toBe(5);
});

test.each(['', 'mcp_bridge_sessions 3\n', '<p>hello</p>'])(
  'nobody knows what is open where %j is answered',
  async (text) => {
    expect(await openTestProber().openCalls(await serveMetrics(text), never)).toBeUndefined();
  },
);

test('metrics of more than a mebibyte are not read to their end', async () => {
  const url = await serveMetrics(METRICS + '#'.repeat(1024 * 1024));
  expect(await openTestProber().openCalls(url, never)).toBeUndefined();
  const endless = await listenHttp(flood('text/plain'));
  expect(await openTestProber().openCalls(endless, never)).toBeUndefined();
});
