import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askTool } from '../../helpers/ask-tool.ts';
import { eventually } from '../../helpers/eventually.ts';
import { findFreePort } from '../../helpers/free-port.ts';
import { createWorkplace, tiny, type ManagerProcess } from '../../helpers/manager.ts';
import { startTraefik } from '../../helpers/traefik.ts';

const traefik = await startTraefik(afterAll);
const place = createWorkplace(afterAll);
/** Answers what it was sent. */
const MIRROR = `require('node:http').createServer(({ headers }, response) =>
  response.end(JSON.stringify(headers))).listen(process.env.PORT, '127.0.0.1')`;
const mirror = { command: ['node', '-e', MIRROR], verify: { kind: 'http' }, path: '/' };
let manager: ManagerProcess;
let writer: string;
let reader: string;

beforeAll(async () => {
  Object.assign(place.environment, traefik.environment, {
    SERVER_PORT: String(await findFreePort()),
    AUTH_MODE: 'on',
  });
  writer = await makeToken('write');
  reader = await makeToken('read');
  place.declare('fleet.yaml', {
    free: tiny(),
    guarded: { ...mirror, auth: { needs: { role: 'write' } } },
  });
  manager = await place.run();
  await manager.until({ free: 'Running', guarded: 'Running' }, 60_000);
});

async function makeToken(role: string): Promise<string> {
  const { stdout } = await place.cli('token', 'create', '--role', role, '--json');
  return JSON.parse(stdout).token;
}

function ask(path: string, token?: string): Promise<Response> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return fetch(`${traefik.entryUrl}${path}`, { headers });
}

test('a service that asks for a token is opened by one that is enough, and never sees it', async () => {
  const refused = await ask('/mcp/guarded');
  expect(refused.status).toBe(401);
  expect(refused.headers.get('www-authenticate')).toBe('Bearer realm="mcp-manager"');
  const lacking = await ask('/mcp/guarded/deep', reader);
  expect(lacking.status).toBe(403);
  expect(lacking.headers.get('www-authenticate')).toContain('insufficient_scope');
  const opened = await ask('/mcp/guarded', writer);
  expect(opened.status).toBe(200);
  expect(await opened.text()).not.toMatch(/authorization|Bearer/i);
  expect(await askTool(`${traefik.entryUrl}/mcp/free`)).toBe('hello');
});

test('the API is there by the paths of the platform, for who has a token', async () => {
  expect((await ask('/health')).status).toBe(200);
  for (const prefix of ['/api/mcp', '']) {
    expect((await ask(`${prefix}/v1/whoami`)).status, prefix).toBe(401);
    const known = await ask(`${prefix}/v1/whoami`, reader);
    expect(await known.json(), prefix).toMatchObject({ role: 'read' });
  }
});

test('the address of a client is told in the audit, whatever the client says of it', async () => {
  const { hostname, port } = new URL(traefik.entryUrl);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.write(
    'GET /api/mcp/v1/tricked HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: 192.0.2.7\r\n' +
      'Connection: close, X-Forwarded-For\r\n\r\n',
  );
  expect(await text(socket)).toContain('401');
  const { stdout } = await place.cli('events', '--json', '--since', '2020-01-01T00:00:00Z');
  const [event] = stdout.split('\n').filter((line) => line.includes('/v1/tricked'));
  expect(JSON.parse(event ?? '{}')).toMatchObject({
    data: { from: '127.0.0.1', by: '127.0.0.1', result: 'refused' },
  });
});

test('other needs change the route alone', async () => {
  const [, before] = (await manager.control.status()).services;
  place.declare('fleet.yaml', { free: tiny(), guarded: { ...mirror, auth: 'token' } });
  await eventually(async () => expect((await ask('/mcp/guarded', reader)).status).toBe(200));
  const [, after] = (await manager.control.status()).services;
  expect(after).toMatchObject({ startedAtMs: before?.startedAtMs, auth: { role: 'read' } });
});

test('without the manager such a service is closed', async () => {
  await manager.end();
  expect((await ask('/mcp/guarded', writer)).status).toBeGreaterThanOrEqual(500);
});
