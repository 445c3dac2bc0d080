import { createHash, randomBytes } from 'node:crypto';
import { request as sendRequest } from 'node:http';
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { eventually } from '../../helpers/eventually.ts';
import { openTestRouter, routeTo } from './open-test-router.ts';
import { serveUpstream } from '../../helpers/serve-upstream.ts';

const FIVE_MEGABYTES = 5 * 1024 * 1024;

test('an event stream arrives event by event, its headers before the first', async () => {
  const { promise, resolve } = Promise.withResolvers<ServerResponse>();
  const upstream = await serveUpstream((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    resolve(response);
  });
  const router = await openTestRouter([routeTo('foo', [upstream.url])]);
  const answer = await fetch(`${router.base}/mcp/foo`);
  expect(answer.headers.get('content-type')).toBe('text/event-stream');
  const events = answer.body!.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]();
  const source = await promise;
  source.write('data: one\n\n');
  expect(await events.next()).toMatchObject({ value: 'data: one\n\n' });
  source.write('data: two\n\n');
  expect(await events.next()).toMatchObject({ value: 'data: two\n\n' });
  source.end();
  expect(await events.next()).toMatchObject({ done: true });
});

test.each(['application/json', 'application/octet-stream', 'text/plain', undefined])(
  'five megabytes of %s pass both ways unchanged',
  async (contentType) => {
    const upstream = await serveUpstream((request, response) => {
      request.pipe(response);
    });
    const router = await openTestRouter([routeTo('foo', [upstream.url])]);
    const sent = randomBytes(FIVE_MEGABYTES);
    const outgoing = sendRequest(`${router.base}/mcp/foo`, {
      method: 'POST',
      ...(contentType === undefined ? {} : { headers: { 'content-type': contentType } }),
    });
    outgoing.end(sent);
    const answer = await responseOf(outgoing);
    expect(hash(await buffer(answer))).toBe(hash(sent));
  },
);

test('a request body reaches the server while the client is still sending', async () => {
  const received: string[] = [];
  const upstream = await serveUpstream((request, response) => {
    request.on('data', (chunk) => received.push(String(chunk)));
    request.on('end', () => response.end('done'));
  });
  const router = await openTestRouter([routeTo('foo', [upstream.url])]);
  const outgoing = sendRequest(`${router.base}/mcp/foo`, { method: 'POST' });
  outgoing.write('first');
  await eventually(() => expect(received.join('')).toBe('first'));
  outgoing.end('second');
  const answer = await responseOf(outgoing);
  expect(String(await buffer(answer))).toBe('done');
  expect(received.join('')).toBe('firstsecond');
});

test.each(['before it answers', 'while it streams'])(
  'a client that goes away ends the request at the server %s',
  async (when) => {
    let gone = false;
    let begun = false;
    const upstream = await serveUpstream((request, response) => {
      begun = true;
      request.resume();
      response.once('close', () => (gone = !response.writableFinished));
      if (when === 'while it streams') response.write('data: one\n\n');
    });
    const router = await openTestRouter([routeTo('foo', [upstream.url])]);
    const client = new AbortController();
    const answer = fetch(`${router.base}/mcp/foo`, {
      method: 'POST',
      body: '{}',
      signal: client.signal,
    });
    const settled = answer.catch(() => undefined);
    if (when === 'while it streams') await answer;
    await eventually(() => expect(begun).toBe(true));
    client.abort();
    await eventually(() => expect(gone).toBe(true));
    await settled;
    await eventually(async () => expect((await router.status()).inFlight).toEqual({}));
  },
);

test('a server that breaks off in the middle ends the client’s stream as broken', async () => {
  const upstream = await serveUpstream((_request, response) => {
    response.write('half');
    setImmediate(() => response.socket?.destroy());
  });
  const router = await openTestRouter([routeTo('foo', [upstream.url])]);
  const answer = await fetch(`${router.base}/mcp/foo`);
  await expect(answer.text()).rejects.toThrow('terminated');
});

test('open streams are counted by instance until they end', async () => {
  const open: ServerResponse[] = [];
  const upstream = await serveUpstream((_request, response) => {
    response.write('x');
    open.push(response);
  });
  const router = await openTestRouter([routeTo('foo', [upstream.url])]);
  const answers = [
    await fetch(`${router.base}/mcp/foo`),
    await fetch(`${router.base}/mcp/foo`),
  ] as const;
  expect((await router.status()).inFlight).toEqual({ 'foo-1': 2 });
  for (const response of open) response.end();
  await Promise.all(answers.map((answer) => answer.text()));
  await eventually(async () => expect((await router.status()).inFlight).toEqual({}));
});

async function responseOf(request: ClientRequest): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  request.once('response', resolve).once('error', reject);
  return promise;
}

function hash(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
