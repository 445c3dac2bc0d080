import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildImage } from '../../helpers/build-image.ts';
import { startEngine } from '../../helpers/engine.ts';
import { PROGRAMS_IMAGE } from '../../helpers/image-store.ts';
import { createWorkplace, type ManagerProcess } from '../../helpers/manager.ts';
import { callTool, connectClient, type Era } from '../../helpers/sdk-client.ts';

// Servers of standard input and output in containers, whatever their images have.
const FIXTURES = fileURLToPath(new URL('../../fixtures/mcp/stdio', import.meta.url));
const GLIBC = 'localhost/mcp-test/stdio-node:1';
const STATIC = 'localhost/mcp-test/stdio-static:1';

const engine = await startEngine(afterAll);
const place = createWorkplace(afterAll, {
  runtime: 'podman',
  environment: { CONTAINER_HOST: `unix://${engine.socket}` },
});
let manager: ManagerProcess;

beforeAll(async () => {
  await buildImage(engine, GLIBC, {
    dockerfile: [
      `FROM ${PROGRAMS_IMAGE}`,
      'COPY stdio /stdio',
      'ENV NODE_OPTIONS="--require /nowhere.js"',
      'ENTRYPOINT ["node"]',
      'CMD ["/stdio/server.ts", "both"]',
    ],
    files: { stdio: FIXTURES },
  });
  // No libc, no loader, no user, no folder but these.
  await buildImage(engine, STATIC, {
    dockerfile: ['FROM scratch', 'COPY sh tiny.sh /', 'ENTRYPOINT ["/sh", "/tiny.sh"]'],
    files: { sh: '/bin/busybox', 'tiny.sh': `${FIXTURES}/tiny.sh` },
  });
  place.declare('fleet.yaml', {
    glibc: { image: GLIBC, transport: 'stdio', env: { NODE_OPTIONS: '--no-deprecation' } },
    static: { image: STATIC, transport: 'stdio', user: '65534:4711', network: { egress: 'none' } },
  });
  manager = await place.run();
  await manager.until({ glibc: 'Running', static: 'Running' }, 60_000);
});

test.each<readonly [string, Era, string, string]>([
  ['glibc', 'modern', 'test_simple_text', 'simple text'],
  ['glibc', 'legacy', 'test_simple_text', 'simple text'],
  ['static', 'modern', 'pid', ''],
  ['static', 'legacy', 'pid', ''],
])('%s is served to a client of the %s era through the router', async (...row) => {
  const [service, era, tool, answer] = row;
  const client = await connectClient(await urlOf(service), era);
  expect(await callTool(client, tool)).toContain(answer);
});

async function urlOf(name: string): Promise<string> {
  const { services } = await manager.control.status();
  return services.find((service) => service.name === name)?.url ?? '';
}
