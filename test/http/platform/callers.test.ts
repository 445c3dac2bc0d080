import { expect, test } from 'vitest';
import { eventually } from '../../helpers/eventually.ts';
import { serveMemoryManager } from '../../helpers/memory-manager.ts';

const SPEC = { image: 'mcp/echo:latest', port: 8000, environment: { LOG_LEVEL: 'info' } };

/** A whole manager, asked over TCP as the platform asks: bodies have no type. */
async function open() {
  const documents = { 'people.yaml': 'apiVersion: mcp-manager/v1\nservices: {}\n' };
  const { url } = await serveMemoryManager(documents);
  return askAt(url);
}

function askAt(url: string) {
  return async (route: string, body?: object) => {
    const [method = '', path = ''] = route.split(' ');
    const sent = body && { body: JSON.stringify(body) };
    const response = await fetch(`${url}${path}`, { method, ...sent });
    const said: unknown = await response.json();
    return [response.status, said];
  };
}

const ID = 'i-1';
const INSTANCE = {
  instance_id: ID,
  name: 'My Echo',
  service_name: ID,
  json_spec: SPEC,
  workspace_id: 'w1',
};

test('what core calls for an instance is answered as it reads it', async () => {
  const ask = await open();
  const check = { instance_id: 'validation-check', name: 'validation-test', dry_run: true };
  expect(await ask('POST /containers/validate', { ...check, json_spec: SPEC })).toEqual([
    200,
    expect.objectContaining({
      valid: expect.any(Boolean),
      errors: expect.any(Array),
      warnings: expect.any(Array),
    }),
  ]);
  expect(await ask('POST /instances', INSTANCE)).toMatchObject([
    201,
    { status: 'running', internal_url: expect.stringContaining('://') },
  ]);
  expect(await ask('POST /instances', INSTANCE)).toMatchObject([
    409,
    { error: expect.any(String), message: expect.stringContaining('already exists') },
  ]);
  expect(await ask(`GET /instances/${ID}/health`)).toMatchObject([
    200,
    { healthy: true, status: 'running', details: expect.any(Object) },
  ]);
});

test('what core shows of its services each minute has all that it reads', async () => {
  const ask = await open();
  await ask('POST /containers', { service_name: 'one', ...SPEC });
  await ask('POST /containers', { service_name: 'off', ...SPEC });
  await ask('POST /containers/off/stop');
  const read = { slug: expect.any(String), url: expect.any(String), timestamp: expect.any(String) };
  const on = { ...read, healthy: true, http_reachable: true, container_status: 'running' };
  const off = { ...read, healthy: false, http_reachable: false, container_status: 'stopped' };
  expect(await ask('GET /containers/health')).toMatchObject([
    200,
    {
      total: 2,
      health_checks: expect.arrayContaining([
        expect.objectContaining({ service_name: 'one', ...on }),
        expect.objectContaining({ service_name: 'off', ...off }),
      ]),
    },
  ]);
  expect(await ask('GET /containers/one/health')).toMatchObject([200, { healthy: true }]);
  expect(await ask('GET /containers/off/health')).toMatchObject([503, { healthy: false }]);
});

test('what the scripts of the platform call is answered as they expect', async () => {
  const ask = await open();
  const start = { ...SPEC, memory_limit: '256m', cpu_limit: '0.5' };
  expect(await ask('POST /containers/echo-test/start', start)).toMatchObject([
    201,
    { status: 'running', url: expect.stringMatching(/\/mcp\/echo-test$/) },
  ]);
  expect(await ask('GET /containers/echo-test/status')).toMatchObject([200, { status: 'running' }]);
  expect(await ask('GET /containers/echo-test/logs')).toMatchObject([
    200,
    { service: 'echo-test' },
  ]);
  expect(await ask('GET /containers')).toMatchObject([
    200,
    { containers: [{ service_name: 'echo-test' }], total: 1 },
  ]);
  expect(await ask('GET /health')).toMatchObject([200, { status: 'healthy' }]);
  expect(await ask('POST /containers/echo-test/stop')).toMatchObject([200, { status: 'stopped' }]);
  expect(await ask('DELETE /containers/echo-test')).toMatchObject([200, { service: 'echo-test' }]);
  expect(await ask('GET /containers/echo-test/status')).toMatchObject([404, { code: 404 }]);
});

test('of a paused service no write claims to be done, and all of them hold once it goes on', async () => {
  const { manager, url } = await serveMemoryManager();
  const { control } = manager;
  const ask = askAt(url);
  await ask('POST /containers', { service_name: 'echo', ...SPEC });
  const { name = '' } = (await control.status()).services[0] ?? {};
  await control.ask({ kind: 'pause', service: name, by: 'test' });
  const refused = { code: 409, message: expect.stringContaining('paused by request') };
  expect(await ask('PUT /instances/echo', { image: 'mcp/echo:2' })).toMatchObject([409, refused]);
  expect(await ask('GET /containers/echo')).toMatchObject([200, { status: 'running' }]);
  expect(await ask('POST /containers/echo/stop')).toMatchObject([409, refused]);
  expect(await ask('DELETE /containers/echo')).toMatchObject([409, refused]);
  await control.ask({ kind: 'unpause', service: name, by: 'test' });
  await eventually(async () =>
    expect(await ask('GET /containers')).toMatchObject([200, { total: 0 }]),
  );
});

test('what core declared is switched off and on here, and otherwise left to core', async () => {
  const head = 'apiVersion: mcp-manager/v1\nservices:\n';
  const documents = { 'core/echo.yaml': `${head}  echo: {image: x, port: 8000}\n` };
  const { url, files } = await serveMemoryManager(documents);
  const ask = askAt(url);
  const power = async () => /power"?: *"?(\w+)/.exec(Object.values(await files()).join(''))?.[1];
  const isAt = (status: string) =>
    eventually(async () =>
      expect(await ask('GET /containers/echo')).toMatchObject([200, { status }]),
    );
  await isAt('running');
  for (const path of ['/containers/echo', '/v1/services/echo']) {
    expect(await ask(`POST ${path}/stop`)).toMatchObject([200, {}]);
    expect(await power()).toBe('off');
    await isAt('stopped');
    expect(await ask(`POST ${path}/start`)).toMatchObject([200, {}]);
    expect(await power()).not.toBe('off');
    await isAt('running');
  }
  const changed = { image: 'y', port: 8000 };
  expect(await ask('POST /containers/echo/start', changed)).toMatchObject([409, {}]);
  expect(await ask('PUT /instances/echo', changed)).toMatchObject([409, {}]);
  expect(await ask('DELETE /v1/services/echo')).toMatchObject([
    409,
    { code: 'DECLARED_ELSEWHERE' },
  ]);
});
