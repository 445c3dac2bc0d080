import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { askTool } from '../../helpers/ask-tool.ts';
import { startEngine } from '../../helpers/engine.ts';
import { callWithoutPause } from '../../helpers/call-without-pause.ts';
import { PROGRAMS_IMAGE } from '../../helpers/image-store.ts';
import { createWorkplace, type Workplace } from '../../helpers/manager.ts';

const engine = await startEngine(afterAll);

test.each(['SIGTERM', 'SIGKILL'] as const)(
  'after %s of its manager a service goes on to answer, and under the next one without a gap',
  async (signal) => {
    const place = createPlace();
    const first = await place.run('--runtime', 'podman');
    await first.until({ tiny: 'Running' });
    const url = await urlOf(place);
    const [router] = routersOf(place);
    const caller = callWithoutPause(() => callTool(url));
    first.kill(signal);
    await first.exited;
    await caller.hasMore();
    const second = await place.run('--runtime', 'podman');
    await second.until({ tiny: 'Running' });
    await caller.hasMore();
    expect(await caller.stop()).toEqual([]);
    expect(routersOf(place)).toEqual([router]);
    expect(await engine.podman('ps', '--quiet', '--filter', ownedBy(place))).not.toContain('\n');
  },
);

test('a second manager of the same id is refused with 5, wherever its state lies', async () => {
  const place = createPlace();
  const first = await place.run('--runtime', 'podman');
  await first.until({ tiny: 'Running' });
  place.environment['STATE_DIR'] = join(place.folder, 'elsewhere');
  const second = await place.cli('run');
  expect(second).toMatchObject({ code: 5 });
  expect(second.stderr).toContain(`"run", process ${first.pid} on `);
  expect(second.stderr).toContain(`state folder ${place.stateFolder}`);
  expect(await place.cli('apply', '--auto-approve')).toMatchObject({ code: 5 });
  first.kill('SIGKILL');
  await first.exited;
  expect(await place.cli('apply', '--auto-approve')).toMatchObject({ code: 0 });
});

test('a router that was left running ends when another router is chosen', async () => {
  const place = createPlace();
  const first = await place.run('--runtime', 'podman');
  await first.until({ tiny: 'Running' });
  await first.end();
  expect(routersOf(place)).toHaveLength(1);
  place.environment['ROUTER'] = 'none';
  const second = await place.run('--runtime', 'podman');
  await second.until({ tiny: 'Running' });
  expect(routersOf(place)).toEqual([]);
});

test('a manager whose lease somebody else took ends with 5 and says who has it', async () => {
  const place = createPlace();
  const first = await place.run('--runtime', 'podman');
  await first.until({ tiny: 'Running' });
  const marker = `mcp-manager-lease-${place.managerId}`;
  await engine.podman('volume', 'rm', `${marker}-1`);
  await engine.podman(
    'volume',
    'create',
    '--label',
    `mcp-manager.io/lease=${place.managerId}`,
    `${marker}-7`,
    '--label',
    `mcp-manager.io/lease-renewed=${new Date().toISOString()}`,
  );
  // Something to do, before which it looks.
  await engine.podman('kill', '--all');
  expect(await first.exited).toMatchObject({ code: 5 });
  expect(first.stderr()).toContain(`${marker}-7`);
});

test('managers of different ids with services of the same name leave each other alone', async () => {
  const [one, two] = [createPlace(), createPlace()];
  const first = await one.run('--runtime', 'podman');
  await first.until({ tiny: 'Running' });
  const before = await engine.podman(
    'ps',
    '--filter',
    ownedBy(one),
    '--format',
    '{{.ID}} {{.Names}}',
  );
  const second = await two.run('--runtime', 'podman');
  await second.until({ tiny: 'Running' });
  expect(await two.cli('restart', 'tiny')).toMatchObject({ code: 0 });
  await two.cli('remove', 'tiny', '--yes');
  await second.until({ tiny: 'gone' });
  expect(
    await engine.podman('ps', '--filter', ownedBy(one), '--format', '{{.ID}} {{.Names}}'),
  ).toBe(before);
  expect(await askTool(await urlOf(one))).toBe('hello');
});

function createPlace(): Workplace {
  const place = createWorkplace(onTestFinished);
  place.environment['CONTAINER_HOST'] = `unix://${engine.socket}`;
  place.environment['BACKEND_ENVIRONMENT'] = 'podman';
  const command = ['node', '/programs/tiny.mjs'];
  place.declare('fleet.yaml', { tiny: { image: PROGRAMS_IMAGE, command } });
  return place;
}

function ownedBy({ managerId }: Workplace): string {
  return `label=mcp-manager.io/manager=${managerId}`;
}

async function urlOf(place: Workplace): Promise<string> {
  return String(JSON.parse((await place.cli('get', 'tiny', '--json')).stdout).url);
}

/** The router programs of a workplace that run. */
function routersOf(place: Workplace): readonly string[] {
  return place.leftovers().filter((line) => line.includes('programs/router/main.ts'));
}

/** Its answer is the service's own. */
async function callTool(url: string): Promise<undefined> {
  expect(await askTool(url)).toBe('hello');
}
