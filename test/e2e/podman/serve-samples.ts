import { expect, onTestFinished } from 'vitest';
import type { Engine } from '../../helpers/engine.ts';
import { createWorkplace } from '../../helpers/manager.ts';
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
  place.declare('fleet.yaml', {
    echo: { template: 'echo', with: { greeting: 'hello' } },
    everything: { template: 'everything' },
  });
  const manager = await place.run();
  await manager.until({ echo: 'Running', everything: 'Running' }, 60_000);
  const { services } = await manager.control.status();
  const [echo = '', everything = ''] = services.map(({ url }) => url);

  for (const era of ['modern', 'legacy'] as const) {
    const client = await connectClient(echo, era);
    expect(client.getProtocolEra()).toBe(era);
    expect(await callTool(client, 'echo', { message: 'world' })).toBe('hello: world');
  }
  // The reference server speaks one era; its sessions are kept by the router.
  const client = await connectClient(everything, 'legacy');
  expect(client.getProtocolEra()).toBe('legacy');
  expect((await client.listTools()).tools.length).toBeGreaterThan(5);
  expect(await callTool(client, 'get-sum', { a: 20, b: 22 })).toContain('42');
  await manager.end();
  expect((await place.cli('destroy', '--yes')).code).toBe(0);
}
