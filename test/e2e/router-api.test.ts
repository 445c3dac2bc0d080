import { expect, onTestFinished, test } from 'vitest';
import { findFreePort } from '../helpers/free-port.ts';
import { createWorkplace, tiny } from '../helpers/manager.ts';

/** A manager whose API has a port of its own, and where its embedded router is. */
async function openPlace(environment: Readonly<Record<string, string>>) {
  const ports = {
    SERVER_PORT: String(await findFreePort()),
    ROUTER_PORT: String(await findFreePort()),
  };
  const place = createWorkplace(onTestFinished, { environment: { ...ports, ...environment } });
  place.declare('fleet.yaml', { echo: tiny() });
  return { place, base: `http://127.0.0.1:${ports.ROUTER_PORT}` };
}

test('the embedded router has the API by the paths of the platform, for who has a token', async () => {
  const { place, base } = await openPlace({ AUTH_MODE: 'on' });
  const made = await place.cli('token', 'create', '--role', 'read', '--json');
  const { token } = JSON.parse(made.stdout);
  const manager = await place.run();
  await manager.until({ echo: 'Running' });
  const ask = (path: string, more = {}) =>
    fetch(`${base}${path}`, { headers: { authorization: `Bearer ${token}`, ...more } });

  expect((await fetch(`${base}/health`)).status).toBe(200);
  for (const path of ['/api/mcp/containers', '/containers', '/api/mcp/v1/whoami']) {
    expect((await fetch(`${base}${path}`)).status, path).toBe(401);
    expect((await ask(path)).status, path).toBe(200);
  }
  const ofPage = await ask('/api/mcp/v1/whoami', { origin: 'https://evil.example.org' });
  expect(ofPage.status).toBe(403);
});

test('where nobody is asked for a token, the embedded router has no API', async () => {
  const { place, base } = await openPlace({});
  const manager = await place.run();
  await manager.until({ echo: 'Running' });
  for (const path of ['/api/mcp/containers', '/containers', '/health']) {
    expect((await fetch(`${base}${path}`)).status, path).toBe(404);
  }
});
