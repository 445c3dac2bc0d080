import { fileURLToPath } from 'node:url';
import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildImage } from '../../helpers/build-image.ts';
import { startEngine } from '../../helpers/engine.ts';
import { eventually } from '../../helpers/eventually.ts';
import { PROGRAMS_IMAGE } from '../../helpers/image-store.ts';
import { createWorkplace, type ManagerProcess } from '../../helpers/manager.ts';
import { startLoad } from '../../helpers/modern-load.ts';
import { callTool, connectClient } from '../../helpers/sdk-client.ts';
import { startTraefik } from '../../helpers/traefik.ts';

// Changes of a stdio server in containers behind Traefik, while clients of both eras use it.
const FIXTURES = fileURLToPath(new URL('../../fixtures/mcp/stdio', import.meta.url));
const IMAGES = [1, 2].map((tag) => `localhost/mcp-test/rollout:${tag}`);
const BROKEN = 'localhost/mcp-test/rollout:broken';
const SESSIONS = 20;
const ROLLOUTS = 10;
const DRAIN_MS = 3_000;
/** The one that never answers. */
const BROKEN_ROUND = 5;

const engine = await startEngine(afterAll);
const traefik = await startTraefik(afterAll);
const place = createWorkplace(afterAll, {
  runtime: 'podman',
  environment: { CONTAINER_HOST: `unix://${engine.socket}`, ...traefik.environment },
});
const url = `${traefik.entryUrl}/mcp/echo`;
let manager: ManagerProcess;

beforeAll(async () => {
  for (const image of IMAGES) {
    await buildImage(engine, image, {
      dockerfile: [
        `FROM ${PROGRAMS_IMAGE}`,
        'COPY stdio /stdio',
        `ENV VERSION=${image}`,
        'ENTRYPOINT ["node"]',
        'CMD ["/stdio/server.ts", "both"]',
      ],
      files: { stdio: FIXTURES },
    });
  }
  await buildImage(engine, BROKEN, {
    dockerfile: [`FROM ${PROGRAMS_IMAGE}`, 'ENTRYPOINT ["node"]', 'CMD ["-e", "process.exit(3)"]'],
    files: {},
  });
  declare(IMAGES[0] ?? '', '0');
  manager = await place.run();
  await manager.until({ echo: 'Running' }, 60_000);
});

function declare(image: string, round: string): void {
  place.declare('fleet.yaml', {
    echo: {
      image,
      transport: 'stdio',
      env: { ROUND: round },
      stdio: { isolation: 'shared' },
      resources: { memory: '512Mi' },
      rollout: { stableFor: '1s', drain: `${DRAIN_MS / 1_000}s`, deadline: '12s' },
    },
  });
}

test('ten new images in a row cost no call, and one that does not work is rolled back', async () => {
  const load = startLoad({ url, tool: 'test_simple_text', perSecond: 200 });
  const startMs = performance.now();
  for (let round = 1; round <= ROLLOUTS; round += 1) {
    const isBroken = round === BROKEN_ROUND;
    declare(isBroken ? BROKEN : (IMAGES[round % 2] ?? ''), String(round));
    await eventually(async () => {
      const { services } = await manager.control.status();
      const { state, rollback } = services[0] ?? {};
      expect([state, rollback?.kind]).toEqual(
        isBroken ? ['Failed', 'rolled-back'] : ['Running', undefined],
      );
      expect(await environmentOf()).toContain(`ROUND=${isBroken ? round - 1 : round}`);
    }, 60_000);
  }
  const { calls, failures } = await load.stop();
  const seconds = Math.round((performance.now() - startMs) / 1_000);
  console.log(
    `${calls} calls in ${seconds} s over ${ROLLOUTS} rollouts, ${failures.length} failed`,
  );
  expect(failures).toEqual([]);
  expect(await instances()).toHaveLength(1);
}, 300_000);

test('sessions of older clients go on at the old instance until the drain is over', async () => {
  const clients = await Promise.all(
    Array.from({ length: SESSIONS }, () => connectClient(url, 'legacy')),
  );
  const load = startLoad({ url, tool: 'test_simple_text', perSecond: 200 });
  declare(IMAGES[1] ?? '', 'sessions');
  const ends = await Promise.all(clients.map(untilItEnds));
  await manager.until({ echo: 'Running' }, 30_000);
  const { failures } = await load.stop();
  expect(failures).toEqual([]);
  expect(await instances()).toHaveLength(1);
  expect(Math.min(...ends) - (await switchedAtMs())).toBeGreaterThanOrEqual(DRAIN_MS);
  const fresh = await connectClient(url, 'legacy');
  expect(await callTool(fresh, 'test_simple_text')).toMatch(/simple text/);
}, 120_000);

/** Calls again and again; answers when the session was over. */
async function untilItEnds(client: Client): Promise<number> {
  for (;;) {
    const failed = await callTool(client, 'test_simple_text').then(
      () => false,
      () => true,
    );
    if (failed) return Date.now();
  }
}

/** When the traffic went to what runs now. */
async function switchedAtMs(): Promise<number> {
  const entries = await manager.control.history({ service: 'echo', limit: 20 });
  const moved = entries.find(({ kind, cause }) => kind === 'route' && cause.endsWith('moved'));
  return moved?.endedAtMs ?? Number.NaN;
}

async function instances(): Promise<readonly string[]> {
  const listed = await engine.podman('ps', '--all', '--format', '{{.Names}}');
  return listed.split('\n').filter((name) => name !== '');
}

/** Of the one that is there alone. */
async function environmentOf(): Promise<string> {
  const [name = '', ...others] = await instances();
  expect(others).toEqual([]);
  return engine.podman('inspect', '--format', '{{.Config.Env}}', name);
}
