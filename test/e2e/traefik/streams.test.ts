import { once } from 'node:events';
import { request as sendRequest, type ServerResponse } from 'node:http';
import { afterAll, expect, test } from 'vitest';
import { eventually } from '../../helpers/eventually.ts';
import { startTraefik } from '../../helpers/traefik.ts';
import { serveUpstream } from '../../helpers/serve-upstream.ts';
import { openTestRouter, routeTo, soon } from './open-test-router.ts';

const traefik = await startTraefik(afterAll);

test('an event stream arrives event by event, its headers before the first', async () => {
  const { promise, resolve } = Promise.withResolvers<ServerResponse>();
  const url = await serveThrough((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    resolve(response);
  });

  const answer = await fetch(url);

  expect(answer.headers.get('content-type')).toBe('text/event-stream');
  const events = answer.body!.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]();
  const source = await promise;
  for (const event of ['data: one\n\n', 'data: two\n\n']) {
    source.write(event);
    expect(await events.next()).toMatchObject({ value: event });
  }
  source.end();
  expect(await events.next()).toMatchObject({ done: true });
});

test('any other answer arrives piece by piece too', async () => {
  const { promise, resolve } = Promise.withResolvers<ServerResponse>();
  const url = await serveThrough((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).write('[1');
    resolve(response);
  });

  const pieces = (await fetch(url)).body!.pipeThrough(new TextDecoderStream());
  const reader = pieces[Symbol.asyncIterator]();

  expect(await reader.next()).toMatchObject({ value: '[1' });
  (await promise).end(',2]');
  expect(await reader.next()).toMatchObject({ value: ',2]' });
});

test('a request reaches the server piece by piece, before it has ended', async () => {
  const seen: string[] = [];
  const url = await serveThrough((request, response) => {
    request.setEncoding('utf8').on('data', (text: string) => seen.push(text));
    request.on('end', () => response.end(`got ${seen.join('')}`));
  });
  const outgoing = sendRequest(url, { method: 'POST' });

  outgoing.write('one ');
  await eventually(() => expect(seen).toEqual(['one ']));
  outgoing.write('two ');
  await eventually(() => expect(seen).toEqual(['one ', 'two ']));
  outgoing.end('three');

  const [response] = await once(outgoing, 'response');
  response.setEncoding('utf8');
  expect((await response.toArray()).join('')).toBe('got one two three');
});

test('a client that goes away is gone for the server as well', async () => {
  const { promise: closed, resolve } = Promise.withResolvers<string>();
  const url = await serveThrough((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: one\n\n');
    response.once('close', () => resolve('closed'));
  });
  const leaving = new AbortController();
  await fetch(url, { signal: leaving.signal });

  leaving.abort();

  expect(await closed).toBe('closed');
});

test('a request is not repeated when the server breaks off', async () => {
  let requests = 0;
  const url = await serveThrough((request) => {
    requests += 1;
    request.socket.destroy();
  });

  expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(502);
  expect((await fetch(url)).status).toBe(502);

  expect(requests).toBe(2);
});

// Most servers close a connection that is idle for 5 s: a POST on it at that moment would be lost.
test('an idle connection to a server is closed before the server would', async () => {
  const { promise: closedMs, resolve } = Promise.withResolvers<number>();
  const url = await serveThrough((request, response) => {
    const idleMs = performance.now();
    request.socket.once('close', () => resolve(performance.now() - idleMs));
    response.shouldKeepAlive = true;
    response.end('ok');
  }, 60_000);

  expect(await (await fetch(url)).text()).toBe('ok');

  expect(await closedMs).toBeGreaterThan(3_500);
  expect(await closedMs).toBeLessThan(4_900);
});

/** The public URL of a server that answers like this, and keeps idle connections so long. */
async function serveThrough(
  listener: Parameters<typeof serveUpstream>[0],
  keepAliveMs?: number,
): Promise<string> {
  const { url, server } = await serveUpstream(listener);
  if (keepAliveMs !== undefined) server.keepAliveTimeout = keepAliveMs;
  const { router } = await openTestRouter({ traefik });
  await router.route(routeTo('echo', url), soon());
  return `${router.baseUrl}/mcp/echo`;
}
