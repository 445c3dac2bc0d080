import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askTool } from '../../helpers/ask-tool.ts';
import { eventually } from '../../helpers/eventually.ts';
import { createWorkplace, tiny, type ManagerProcess } from '../../helpers/manager.ts';
import { callTool, connectClient } from '../../helpers/sdk-client.ts';
import { startTraefik } from '../../helpers/traefik.ts';

const traefik = await startTraefik(afterAll);
const place = createWorkplace(afterAll);
let manager: ManagerProcess;

beforeAll(async () => {
  Object.assign(place.environment, traefik.environment);
  place.declare('fleet.yaml', {
    echo: { template: 'echo', with: { greeting: 'hello' } },
    small: tiny([], { slug: 'my-small' }),
  });
  manager = await place.run();
  await manager.until({ echo: 'Running', small: 'Running' }, 60_000);
});

test.each(['modern', 'legacy'] as const)('a client of the %s era is served', async (era) => {
  const client = await connectClient(`${traefik.entryUrl}/mcp/echo`, era);
  expect(client.getProtocolEra()).toBe(era);
  expect(await callTool(client, 'echo', { message: 'world' })).toBe('hello: world');
});

test('status tells the URL at Traefik, and doctor where Traefik is', async () => {
  const { services } = await manager.control.status();
  expect(services.map(({ url }) => url)).toEqual([
    `${traefik.entryUrl}/mcp/echo`,
    `${traefik.entryUrl}/mcp/my-small`,
  ]);
  const { stdout } = await place.cli('doctor');
  expect(stdout).toContain(`Traefik at ${traefik.apiUrl}, told by ${traefik.dynamicFolder}`);
});

test('a broken file of somebody else is told as trouble, and so is a Traefik that is gone', async () => {
  const bad = join(traefik.dynamicFolder, 'bad.yml');
  await writeFile(bad, 'http: [');
  await eventually(async () => {
    expect((await manager.control.health()).troubles).toEqual([expect.stringMatching(/bad\.yml/)]);
  });
  await rm(bad);
  await eventually(async () => expect((await manager.control.health()).troubles).toEqual([]));

  await traefik.kill();
  await manager.until({ echo: 'Degraded' });
  const { services } = await manager.control.status();
  expect(services[0]?.cause).toMatch(/^not routed: Traefik does not answer at/);
  await traefik.start();
  await manager.until({ echo: 'Running', small: 'Running' });
  expect(await askTool(`${traefik.entryUrl}/mcp/my-small`)).toBe('hello');
});

test('a service that is removed is served no more, and one with another slug at that', async () => {
  place.declare('fleet.yaml', { small: tiny([], { slug: 'renamed' }) });
  await eventually(async () => {
    expect(await askTool(`${traefik.entryUrl}/mcp/renamed`)).toBe('hello');
    expect((await fetch(`${traefik.entryUrl}/mcp/echo`)).status).toBe(404);
    expect((await fetch(`${traefik.entryUrl}/mcp/my-small`)).status).toBe(404);
  }, 20_000);
});

test('after the manager was killed its routes are found again', async () => {
  manager.kill('SIGKILL');
  await manager.exited;
  manager = await place.run();
  await manager.until({ small: 'Running' });

  expect(await askTool(`${traefik.entryUrl}/mcp/renamed`)).toBe('hello');
  const second = await place.cli('status');
  expect(second.stdout).toMatch(/^small +Running/m);
});
