import { expect, onTestFinished } from 'vitest';
import type { Engine } from '../../helpers/engine.ts';
import { createWorkplace } from '../../helpers/manager.ts';
import { USES, useReferenceServer } from '../../helpers/reference-servers.ts';
import { callTool, connectClient } from '../../helpers/sdk-client.ts';
import { startTraefik } from '../../helpers/traefik.ts';

export type RouterKind = 'embedded' | 'traefik';

/** Serves the samples from their images through a router, and calls them as clients of both eras do. */
export async function serveSamples(engine: Engine, router: RouterKind): Promise<void> {
  const place = createWorkplace(onTestFinished, {
    runtime: 'podman',
    environment: {
      CONTAINER_HOST: `unix://${engine.socket}`,
      ...(router === 'traefik' && (await startTraefik()).environment),
    },
  });
  const names = new Set(USES.map(({ name }) => name));
  place.declare('fleet.yaml', {
    echo: { template: 'echo', with: { greeting: 'hello' } },
    ...Object.fromEntries([...names].map((name) => [name, { template: name }])),
  });
  const manager = await place.run();
  const running = [...names, 'echo'].map((name) => [name, 'Running'] as const);
  await manager.until(Object.fromEntries(running), 120_000);
  const { services } = await manager.control.status();
  const { url: echo = '' } = services.find(({ name }) => name === 'echo') ?? {};
  for (const era of ['modern', 'legacy'] as const) {
    const client = await connectClient(echo, era);
    expect(await callTool(client, 'echo', { message: 'world' })).toBe('hello: world');
  }
  for (const use of USES) await useReferenceServer(manager, { ...use, root: '/workspace' });
  await manager.end();
  expect((await place.cli('destroy', '--yes')).code).toBe(0);
}
