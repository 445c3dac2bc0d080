import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { startEngine } from '../../helpers/engine.ts';
import { createWorkplace } from '../../helpers/manager.ts';
import { apiUrlOf, BASE, readRecordedSteps, replay } from '../../helpers/replay.ts';
import { buildSample } from '../../helpers/sample-images.ts';

const engine = await startEngine(afterAll);

beforeAll(async () => {
  await buildSample(engine, 'echo', 'mcp/echo:latest');
  await buildSample(engine, 'simple-mcp', 'mcp/simple:latest');
});

async function serve(environment: Readonly<Record<string, string>> = {}) {
  onTestFinished(async () => {
    await engine.podman('rm', '--all', '--force', '--time', '0');
  });
  const place = createWorkplace(onTestFinished, {
    runtime: 'podman',
    environment: { CONTAINER_HOST: `unix://${engine.socket}`, AUTH_MODE: 'off', ...environment },
  });
  await mkdir(join(place.folder, 'templates'));
  await cp('templates/echo.json', join(place.folder, 'templates/echo.json'));
  place.declare('a.yaml', {});
  return apiUrlOf(await place.run());
}

test('every recorded request is answered as the contract says, field by field', async () => {
  const url = await serve({ MCP_PROXY_HOST: BASE, TEMPLATES_DIR: 'templates' });
  expect(await replay(url, readRecordedSteps())).toEqual([]);
});

test('the two lines of every README of the platform work, and nothing is left', async () => {
  const url = await serve();
  const body = '{"service_name":"test","template":"echo"}';
  const made = await fetch(`${url}/containers`, { method: 'POST', body });
  expect([made.status, await made.json()]).toMatchObject([
    201,
    { name: 'mcp-test', service_name: 'test', image: 'mcp/echo:latest', status: 'running' },
  ]);
  const gone = await fetch(`${url}/containers/test`, { method: 'DELETE' });
  expect([gone.status, await gone.json()]).toEqual([
    200,
    { message: 'Container deleted successfully', service: 'test' },
  ]);
  expect(await engine.podman('ps', '--all', '--quiet')).toBe('');
});

test("what the platform's echo script calls is answered as it expects", async () => {
  const url = await serve();
  const started = await fetch(`${url}/containers/echo-test/start`, {
    method: 'POST',
    body: JSON.stringify({
      image: 'mcp/echo:latest',
      port: 8000,
      environment: { MCP_SERVICE_NAME: 'echo-test', LOG_LEVEL: 'INFO' },
      memory_limit: '256m',
      cpu_limit: '0.5',
    }),
  });
  const container: unknown = await started.json();
  const service = expect.stringMatching(/\/mcp\/echo-test$/);
  expect([started.status, container]).toMatchObject([201, { status: 'running', url: service }]);
  const base = String(Object(container).url);
  const ask = async (path: string, init?: RequestInit) =>
    (await fetch(`${base}${path}`, init)).text();
  expect(await ask('/health')).toContain('"status":"healthy"');
  expect(await ask('/echo/hello')).toContain('Echo: hello');
  const message = JSON.stringify({ message: 'hi', metadata: {} });
  expect(await ask('/echo', { method: 'POST', body: message })).toContain('original_message');
  expect(await ask('/mcp/capabilities')).toContain('protocol_version');
  const about = async (path: string) => (await fetch(`${url}/containers${path}`)).json();
  expect(await about('/echo-test/status')).toMatchObject({ status: 'running' });
  expect(await about('')).toMatchObject({ total: 1 });
  expect(await about('/echo-test/logs')).toMatchObject({ service: 'echo-test' });
  const stopped = await fetch(`${url}/containers/echo-test/stop`, { method: 'POST' });
  expect(await stopped.json()).toMatchObject({ status: 'stopped' });
});

test('an image that no registry has is an answer, and says what to do', async () => {
  const url = await serve({ STARTUP_TIMEOUT: '60s' });
  const body = JSON.stringify({ service_name: 'lost', image: 'localhost/none:1', port: 8000 });
  const made = await fetch(`${url}/containers`, { method: 'POST', body });
  expect([made.status, await made.json()]).toMatchObject([
    500,
    { error: 'container_creation_failed', message: expect.stringContaining('localhost/none:1') },
  ]);
  expect((await fetch(`${url}/containers/lost`, { method: 'DELETE' })).status).toBe(200);
});

test("what the platform's script for several services calls keeps them apart", async () => {
  const url = await serve();
  const names = ['simple-mcp-1', 'simple-mcp-2'];
  const body = JSON.stringify({ image: 'mcp/simple:latest', port: 8000 });
  const urls = await Promise.all(
    names.map(async (name) => {
      const made = await fetch(`${url}/containers/${name}/start`, { method: 'POST', body });
      return String(Object(await made.json()).url);
    }),
  );
  const [one = '', two = ''] = urls;
  await read(`${one}/test/store?text=only-here&key=k`);
  expect(await read(`${one}/test/get/k`)).toContain('only-here');
  expect(await read(`${two}/test/get/k`)).not.toContain('only-here');
  expect(await read(`${one}/test/list`)).toContain('k');
});

async function read(address: string): Promise<string> {
  return (await fetch(address)).text();
}

test('what is one too many is refused before anything is written', async () => {
  const url = await serve({ MAX_CONTAINERS: '0' });
  const body = { service_name: 'one', template: 'echo' };
  const made = await fetch(`${url}/containers`, { method: 'POST', body: JSON.stringify(body) });
  expect([made.status, await made.json()]).toMatchObject([
    403,
    {
      error: 'container_creation_failed',
      message: expect.stringContaining('maximum container limit reached (0)'),
    },
  ]);
  expect(await (await fetch(`${url}/containers`)).json()).toEqual({ containers: [], total: 0 });
});
