import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { listenHttps, listenTcp } from '../../fixtures/mcp/listen.ts';
import { answering, ask, openTestRemote } from './open-test-remote.ts';
import { serveMirror, serveUpstream } from '../../helpers/serve-upstream.ts';

describe('a name is looked up at each connection:', () => {
  test.each([
    [['10.0.0.1'], 'leads to 10.0.0.1, which is a private address'],
    [['::ffff:169.254.169.254'], 'which is a metadata address'],
    [['fd00:ec2::254', '127.0.0.1'], 'which is a metadata address'],
    [[], 'leads to nothing'],
  ])('where it leads to %j, no connection is made', async (addresses, reason) => {
    const resolve = answering(addresses);
    const { url } = await openTestRemote('http://mcp.test/mcp', { resolve, allowed: [] });
    const { status, phrase, body } = await ask(url, { path: '/mcp' });
    expect([status, phrase]).toEqual([502, expect.stringContaining(reason)]);
    expect(body).not.toMatch(/\d+\.\d+/);
  });

  test('the connection is made to the address that was checked, by one look', async () => {
    const mirror = await serveMirror();
    const port = new URL(mirror.url).port;
    const resolve = answering(['127.0.0.1'], ['10.0.0.1']);
    const { url } = await openTestRemote(`http://mcp.test:${port}/mcp`, { resolve });
    const { body } = await ask(url, { path: '/mcp' });
    expect(JSON.parse(body)).toMatchObject({ headers: { host: `mcp.test:${port}` } });
    expect(resolve.asked).toBe(1);
  });

  test('a name that is bound to another address later is refused then', async () => {
    const upstream = await serveUpstream((_request, response) => {
      response.setHeader('connection', 'close');
      response.end('fine');
    });
    const port = new URL(upstream.url).port;
    const resolve = answering(['127.0.0.1'], ['127.0.0.2']);
    const { url } = await openTestRemote(`http://mcp.test:${port}/mcp`, {
      resolve,
      allowed: ['127.0.0.1'],
    });
    expect((await ask(url, { path: '/mcp' })).body).toBe('fine');
    expect(await ask(url, { path: '/mcp' })).toMatchObject({
      status: 502,
      phrase: 'mcp.test leads to 127.0.0.2, which is a loopback address and not allowed',
    });
  });

  test('of several addresses only those that may be reached are tried', async () => {
    const mirror = await serveMirror();
    const port = new URL(mirror.url).port;
    const resolve = answering(['127.0.0.9', '127.0.0.1']);
    const { url } = await openTestRemote(`http://mcp.test:${port}/mcp`, {
      resolve,
      allowed: ['127.0.0.1'],
    });
    expect((await ask(url, { path: '/mcp' })).status).toBe(200);
  });
});

test.each([
  ['http://127.0.0.1:9/mcp', 'leads to 127.0.0.1, which is a loopback address'],
  ['http://[::ffff:7f00:1]:9/mcp', 'which is a loopback address'],
])('an address that stands in %s is checked as well', async (address, reason) => {
  const { url } = await openTestRemote(address, { allowed: [] });
  expect(await ask(url, { path: '/mcp' })).toMatchObject({
    status: 502,
    phrase: expect.stringContaining(reason),
  });
});

test('a server that nothing listens at is told as that, and clients are to come again', async () => {
  const upstream = await serveMirror();
  upstream.server.close();
  const { url } = await openTestRemote(`${upstream.url}/mcp`);
  expect(await ask(url, { path: '/mcp' })).toMatchObject({
    status: 503,
    phrase: '127.0.0.1 cannot be reached (ECONNREFUSED)',
    headers: { 'retry-after': '1' },
    body: '{"error":"upstream_unavailable","message":"The server of far cannot be used now."}',
  });
});

test.each(['http', 'https'])(
  'a name that is looked up for too long is told over %s',
  async (protocol) => {
    const { url } = await openTestRemote(`${protocol}://mcp.test/mcp`, {
      resolve: () => new Promise(() => undefined),
      connectedWithinMs: 50,
    });
    expect(await ask(url, { path: '/mcp' })).toMatchObject({
      status: 504,
      phrase: 'mcp.test could not be connected to within 0.05 s',
    });
  },
);

test('a server that never greets over TLS is told as that', async () => {
  const address = await listenTcp(() => undefined);
  const { url } = await openTestRemote(`${address.replace('http:', 'https:')}/mcp`, {
    connectedWithinMs: 50,
  });
  expect((await ask(url, { path: '/mcp' })).status).toBe(504);
});

test('a server that does not answer is waited for so long, and one that has begun to for ever', async () => {
  const upstream = await serveUpstream((request, response) => {
    if (request.url === '/mcp/late') return;
    response.write('begun ');
    setTimeout(() => response.end('ended'), 2_000);
  });
  const { url } = await openTestRemote(`${upstream.url}/mcp`, {
    connectedWithinMs: 1_500,
    answeredWithinMs: 1_500,
  });
  const [late, begun] = await Promise.all([
    ask(url, { path: '/mcp/late' }),
    ask(url, { path: '/mcp' }),
  ]);
  expect(late).toMatchObject({ status: 504, phrase: '127.0.0.1 did not answer within 1.5 s' });
  expect(begun).toMatchObject({ status: 200, body: 'begun ended' });
});

test('a name that nobody knows is told as that', async () => {
  const { url } = await openTestRemote('http://mcp.test/mcp', { resolve: knowsNothing });
  expect(await ask(url, { path: '/mcp' })).toMatchObject({
    status: 503,
    phrase: 'the name mcp.test cannot be resolved (ENOTFOUND)',
  });
});

describe('over TLS', () => {
  test('the certificate must be trusted and of that name, which the server is told', async () => {
    const { ca, port } = await serveTls();
    const resolve = answering(['127.0.0.1']);
    const at = (name: string): string => `https://${name}:${port}/mcp`;
    const good = await openTestRemote(at('mcp.test'), { resolve, ca });
    expect((await ask(good.url, { path: '/mcp' })).body).toBe(`mcp.test mcp.test:${port}`);
    const foreign = await openTestRemote(at('other.test'), { resolve, ca });
    expect((await ask(foreign.url, { path: '/mcp' })).phrase).toBe(
      'other.test has no certificate that is trusted (ERR_TLS_CERT_ALTNAME_INVALID)',
    );
    const unknown = await openTestRemote(at('mcp.test'), { resolve });
    expect(await ask(unknown.url, { path: '/mcp' })).toMatchObject({
      status: 502,
      phrase: expect.stringContaining('no certificate that is trusted'),
    });
  });
});

/** A server that answers with the name it was asked for; its certificate is of `mcp.test`. */
async function serveTls(): Promise<{ ca: string; port: string }> {
  const url = await listenHttps(({ socket, headers }, response) => {
    const servername = 'servername' in socket ? String(socket.servername) : '';
    response.end(`${servername} ${headers.host}`);
  });
  const ca = readFileSync('test/fixtures/tls/mcp.test.cert.pem', 'utf8');
  return { ca, port: new URL(url).port };
}

async function knowsNothing(): Promise<never> {
  throw Object.assign(new Error('no'), { code: 'ENOTFOUND' });
}
