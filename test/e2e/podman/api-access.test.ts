import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startEngine } from '../../helpers/engine.ts';
import { findFreePort } from '../../helpers/free-port.ts';
import { PROGRAMS_IMAGE } from '../../helpers/image-store.ts';
import { createWorkplace, type ManagerProcess, type Workplace } from '../../helpers/manager.ts';
import { startTraefik, type Traefik } from '../../helpers/traefik.ts';

const engine = await startEngine(afterAll);
const traefik: Traefik = await startTraefik(afterAll, '0.0.0.0');
const place: Workplace = createWorkplace(afterAll, { runtime: 'podman' });
const apiPort = await findFreePort();
let manager: ManagerProcess;
let hosts: readonly string[];

/** Every way of asking for a route that changes nothing, by status; what did not answer is 0. */
const ASK = `
  const [path, ...urls] = process.argv.slice(1);
  const tricks = [{}, { 'x-forwarded-for': '127.0.0.1' }, { connection: 'x-forwarded-for' }];
  const { request } = require('node:http');
  const ask = (url, headers) => new Promise((resolve) => {
    request(url + path, { headers: { ...headers, host: '127.0.0.1:8000' }, timeout: 3000 }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on('timeout', function () { this.destroy(); }).on('error', () => resolve(0)).end();
  });
  Promise.all(urls.flatMap((url) => tricks.map((headers) => ask(url, headers))))
    .then((statuses) => console.log(JSON.stringify(statuses)));`;

async function askFromInside(path: string): Promise<readonly number[]> {
  const urls = hosts.flatMap((host) => [
    `http://${host}:${apiPort}`,
    `http://${host}:${new URL(traefik.entryUrl).port}/api/mcp`,
    `http://${host}:${new URL(traefik.entryUrl).port}`,
  ]);
  const id = (
    await engine.podman('ps', '--quiet', '--filter', 'label=mcp-manager.io/service=inside')
  ).trim();
  return JSON.parse(await engine.podman('exec', id, 'node', '-e', ASK, path, ...urls));
}

async function startManager(mode: Readonly<Record<string, string>>): Promise<void> {
  Object.assign(place.environment, traefik.environment, mode, {
    CONTAINER_HOST: `unix://${engine.socket}`,
    SERVER_HOST: '0.0.0.0',
    SERVER_PORT: String(apiPort),
  });
  manager = await place.run();
  await manager.until({ inside: 'Running' }, 60_000);
  const format = '{{range .NetworkSettings.Networks}}{{.Gateway}}{{end}}';
  const gateway = await engine.podman('inspect', '--latest', '--format', format);
  const own = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4');
  hosts = [
    ...new Set(['host.containers.internal', gateway.trim(), ...own.map(({ address }) => address)]),
  ];
}

beforeAll(() => {
  place.declare('fleet.yaml', {
    inside: { image: PROGRAMS_IMAGE, command: ['node', '/programs/tiny.mjs'] },
  });
});

describe('from inside a service', () => {
  test('the API cannot be used where it asks nobody for a token, by no way', async () => {
    await startManager({ AUTH_MODE: 'off' });
    const open = `http://127.0.0.1:${apiPort}/v1/services`;
    expect((await fetch(open)).status).toBe(200);
    expect((await fetch(`${traefik.entryUrl}/api/mcp/v1/services`)).status).toBe(200);
    const statuses = await askFromInside('/v1/services');
    expect(statuses).toContain(403);
    for (const status of statuses) expect([0, 403]).toContain(status);
    // That the way of asking works at all.
    expect(await askFromInside('/health')).toContain(200);
    await manager.end();
  });

  test('nor without a token where it asks for one', async () => {
    await startManager({ AUTH_MODE: '' });
    const statuses = await askFromInside('/v1/services');
    expect(statuses).toContain(401);
    for (const status of statuses) expect([0, 401]).toContain(status);
    await place.cli('remove', 'inside', '--yes');
    await manager.until({ inside: 'gone' });
  });
});
