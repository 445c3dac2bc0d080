import type { RequestListener } from 'node:http';
import { expect, test } from 'vitest';
import {
  answerEmpty,
  answerHtml,
  answerJson,
  answerStatus,
  breakOff,
  flood,
  hang,
  hangInBody,
  redirectTo,
  streamForEver,
} from '../../fixtures/mcp/bad-servers.ts';
import { send, startLegacyServer } from '../../fixtures/mcp/legacy-server.ts';
import { closedUrl, listenHttp, listenTcp } from '../../fixtures/mcp/listen.ts';
import { never, openTestProber } from '../../fixtures/mcp/prober.ts';
import { toTarget } from '../../fixtures/mcp/target.ts';

/** Those whose answer is waited for to the end. */
const slow = new Set<RequestListener>([hang, hangInBody, streamForEver]);

test.each<[string, RequestListener, RegExp]>([
  ['answers a page', answerHtml, /^answered 200 but not MCP: text\/html at \/mcp$/],
  ['answers an empty body', answerEmpty, /^answered 200 but not MCP: an empty body at \/mcp$/],
  ['answers other JSON', answerJson, /^answered 200 but not MCP: application\/json at \/mcp$/],
  ['answers 404', answerStatus(404), /^answered 404 Not Found at \/mcp$/],
  ['answers 500', answerStatus(500), /^answered 500 Internal Server Error at \/mcp$/],
  ['redirects elsewhere', redirectTo('http://127.0.0.1:9/mcp'), /^answered 307 /],
  ['redirects in a circle', redirectTo('/mcp'), /^answered 307 /],
  ['never answers', hang, /^no answer within 0\.2s$/],
  ['stops in its body', hangInBody, /^no answer within 0\.2s$/],
  ['streams for ever', streamForEver, /^no answer within 0\.2s$/],
  ['breaks off', breakOff, /closed the connection without a whole answer$/],
  ['floods with JSON', flood('application/json'), /^answered more than 4 MiB$/],
  ['floods with events', flood('text/event-stream'), /^answered more than 4 MiB$/],
])('a server that %s: failed, with a reason for people', async (_what, handle, message) => {
  const target = toTarget(await listenHttp(handle), { timeoutMs: slow.has(handle) ? 200 : 5_000 });
  const result = await openTestProber().verify(target, never);
  expect(result).toEqual({ outcome: 'failed', message: expect.stringMatching(message) });
});

test.each([429, 503])(
  'a server that answers %i says that it has too much to do',
  async (status) => {
    const url = await listenHttp(answerStatus(status));
    const message = expect.stringMatching(
      new RegExp(`^answered ${status} [A-Z][a-zA-Z ]+ at /mcp$`),
    );
    for (const kind of ['mcp', 'http'] as const) {
      const result = await openTestProber().verify(toTarget(url, { kind }), never);
      expect(result).toEqual({ outcome: 'failed', message, overloaded: true });
    }
  },
);

test('a closed port: nothing listens there', async () => {
  const url = await closedUrl();
  const result = await openTestProber().verify(toTarget(url), never);
  const message = `nothing listens on ${new URL(url).host}`;
  expect(result).toEqual({ outcome: 'failed', message });
});

test.each([
  ['hangs up', '', /closed the connection without a whole answer$/],
  ['greets in another protocol', '220 mail.example ESMTP\r\n', /does not answer in HTTP$/],
])('a server that %s: failed, with a reason for people', async (_what, greeting, message) => {
  const url = await listenTcp((socket) => socket.end(greeting));
  const result = await openTestProber().verify(toTarget(url), never);
  expect(result).toEqual({ outcome: 'failed', message: expect.stringMatching(message) });
});

test('a server whose pages of tools never end: failed', async () => {
  const server = await startLegacyServer();
  server.intercept = ({ id, method }, response) => {
    if (method !== 'tools/list') return false;
    send(response, 200, { jsonrpc: '2.0', id, result: { tools: [], nextCursor: `${id}` } });
    return true;
  };
  const result = await openTestProber().verify(toTarget(server.url), never);
  expect(result).toEqual({ outcome: 'failed', message: 'lists more than 50 pages of tools' });
  expect(server.calls.filter((call) => call === 'tools/list').length).toBeLessThanOrEqual(50);
});
