import { request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { serveGuarded } from './guarded-app.ts';
import { somePlan } from './fake-control.ts';

/** `fetch` writes some headers itself. */
function askRaw(url: string, headers: Readonly<Record<string, string>>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request(url, { headers, agent: false }, resolve).once('error', reject).end();
  });
}

/** Everything that is answered to these bytes. */
async function sayRaw(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(bytes);
  return text(socket);
}

test('who has no token is told how to show one, as a problem', async () => {
  const { ask } = await serveGuarded();
  const response = await ask('/v1/services');
  expect(response.status).toBe(401);
  expect(response.headers.get('www-authenticate')).toBe('Bearer realm="mcp-manager"');
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  expect(await response.json()).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
});

test.each([
  ['of another scheme', 'Basic YTpi'],
  ['without a token', 'Bearer'],
  ['with two', 'Bearer a, Bearer b'],
  ['with blanks', 'Bearer a b'],
  ['that nobody made', `Bearer mcpm_0123456789ab_${'A'.repeat(43)}`],
  ['that is very long', `Bearer ${'a'.repeat(12_000)}`],
  ['of odd characters', 'Bearer \u00e4\u00f6\u00fc'],
  ['that looks signed', 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.'],
])('a header %s is refused with 401', async (_what, authorization) => {
  const { url, audited } = await serveGuarded();
  const response = await askRaw(`${url}/v1/services`, { authorization });
  expect(response.statusCode).toBe(401);
  expect(response.headers['www-authenticate']).toContain('error="invalid_token"');
  expect(await text(response)).not.toContain('AAAA');
  await eventually(() => expect(audited).toHaveLength(1));
  expect(audited[0]).toEqual({
    result: 'refused',
    who: 'nobody',
    from: '127.0.0.1',
    method: 'GET',
    route: '/v1/services',
    status: 401,
  });
});

test('headers of more than 16 KB are answered with 431 as a problem', async () => {
  const { url } = await serveGuarded();
  const long = `GET /health HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${'a'.repeat(20_000)}\r\n\r\n`;
  const answer = await sayRaw(url, long);
  expect(answer).toMatch(/^HTTP\/1\.1 431 /);
  expect(answer).toContain('application/problem+json');
  expect(await sayRaw(url, 'nonsense\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
});

test.each(['evil.example.org', 'evil.example.org:8000', '127.0.0.1.evil.example.org', '[::2]'])(
  'a request for the host %j is refused, with a token too',
  async (host) => {
    const { url, makeToken, audited } = await serveGuarded();
    const authorization = `Bearer ${await makeToken({ role: 'admin' })}`;
    const codes = { '/health': 403, '/v1/services': 'HOST_REFUSED' };
    for (const [path, code] of Object.entries(codes)) {
      const response = await askRaw(`${url}${path}`, { host, authorization });
      expect(response.statusCode).toBe(403);
      expect(JSON.parse(await text(response))).toMatchObject({ code });
    }
    await eventually(() => expect(audited).toHaveLength(2));
  },
);

test.each([
  'localhost',
  'LOCALHOST:8000',
  '127.0.0.1',
  '[::1]:8000',
  'mcp.example.org',
  'echo.localhost',
])('a request for the host %s is taken', async (host) => {
  const { url } = await serveGuarded({ guard: { allowedHosts: ['mcp.example.org'] } });
  expect((await askRaw(`${url}/health`, { host })).statusCode).toBe(200);
});

test('a request that names no host is refused', async () => {
  const { url } = await serveGuarded();
  expect(await sayRaw(url, 'GET /health HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 403 /);
});

test('pages of other origins can neither ask nor be allowed by accident', async () => {
  const { ask, makeToken } = await serveGuarded();
  const token = await makeToken({ role: 'admin' });
  const headers = { origin: 'https://evil.example.org' };
  const asked = await ask('/v1/wake', token, { method: 'POST', headers });
  expect(asked.status).toBe(403);
  expect(asked.headers.get('access-control-allow-origin')).toBeNull();
  const preflight = { ...headers, 'access-control-request-method': 'POST' };
  const before = await ask('/v1/wake', undefined, { method: 'OPTIONS', headers: preflight });
  expect(before.status).toBe(403);
});

test('pages of an allowed origin may ask, and no other', async () => {
  const origin = 'https://ui.example.org';
  const { url, ask, makeToken } = await serveGuarded({ guard: { corsOrigins: [origin] } });
  const preflight = { origin, 'access-control-request-method': 'PUT' };
  const before = await ask('/v1/services', undefined, { method: 'OPTIONS', headers: preflight });
  expect(before.status).toBe(204);
  expect(before.headers.get('access-control-allow-origin')).toBe(origin);
  expect(before.headers.get('vary')).toContain('Origin');
  const token = await makeToken({ role: 'read' });
  const asked = await ask('/v1/services', token, { headers: { origin } });
  expect(asked.status).toBe(200);
  expect(asked.headers.get('access-control-allow-origin')).toBe(origin);
  expect(asked.headers.get('access-control-expose-headers')).toContain('Idempotency-Replayed');
  const other = { origin: 'https://ui.example.org.evil.example' };
  expect((await ask('/v1/services', token, { headers: other })).status).toBe(403);
  expect((await ask('/v1/services', token, { headers: { origin: url } })).status).toBe(200);
});

test('every answer tells browsers neither to guess, to frame nor to keep it', async () => {
  const { ask } = await serveGuarded();
  for (const path of ['/health', '/v1/services', '/nothing']) {
    const { headers } = await ask(path);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('cache-control')).toBe('no-store');
  }
});

test('who asks too often is told to wait', async () => {
  const { ask, audited } = await serveGuarded({ guard: { mostRequests: 3 } });
  const statuses: number[] = [];
  for (let count = 0; count < 5; count += 1) statuses.push((await ask('/health')).status);
  expect(statuses).toEqual([200, 200, 200, 429, 429]);
  const refused = await ask('/health');
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await refused.json()).toMatchObject({ error: 'too_many_requests' });
  await eventually(() => expect(audited.map(({ status }) => status)).toEqual([429, 429, 429]));
});

test('a body of more than 1 MB is refused, but for a plan', async () => {
  const { ask, makeToken } = await serveGuarded();
  const token = await makeToken({ role: 'admin' });
  const post = (path: string, body: unknown) =>
    ask(path, token, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const names = Array.from({ length: 100_000 }, () => 'a'.repeat(20));
  expect((await post('/v1/plan', { names })).status).toBe(413);
  const problems = [{ file: 'a', line: 1, column: 1, code: 'X', message: 'x'.repeat(2_000_000) }];
  const plan = somePlan({ problems });
  expect((await post('/v1/apply', { wait: false, by: 'a', plan })).status).toBe(200);
});

test('a body is not read before it is known who sends it', async () => {
  const { url } = await serveGuarded();
  const head = 'POST /v1/plan HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(`${head}Content-Length: 900000\r\n\r\n{`);
  const answer = await new Promise<Buffer>((resolve) => {
    socket.once('data', resolve);
  });
  socket.destroy();
  expect(String(answer)).toMatch(/^HTTP\/1\.1 401 /);
});

test('without authentication everybody may do everything, but not from other sites', async () => {
  const { url } = await serveGuarded({ isOff: true });
  expect((await askRaw(`${url}/v1/services`, {})).statusCode).toBe(200);
  const rebound = await askRaw(`${url}/v1/services`, { host: 'evil.example.org' });
  expect(rebound.statusCode).toBe(403);
});

test('a client that sends slowly holds no place for long', async () => {
  const { app } = await serveGuarded();
  expect(app.server.headersTimeout).toBe(10_000);
  expect(app.server.requestTimeout).toBe(30_000);
  expect(app.server.maxConnections).toBe(2_000);
});
