import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { askTool } from '../../helpers/ask-tool.ts';
import { eventually } from '../../helpers/eventually.ts';
import { contained, createFleet, type Fleet } from '../../helpers/fleet.ts';

const KILLS = 20;
const NAMES = ['one', 'two'];
/** About as long as an edit takes to be applied; a kill may hit any moment of it. */
const LONGEST_LIFE_MS = 1_500;

test('a manager that is killed at twenty random points of applying converges, adopts and leaks nothing', async () => {
  const fleet = await createFleet();
  declare(fleet, 0);
  const first = await fleet.run();
  await first.until({ one: 'Running', two: 'Running' }, 60_000);
  await first.end();
  const lives: number[] = [];
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const manager = fleet.start('run');
    await manager.said(/is ready/);
    declare(fleet, kill);
    const lifeMs = Math.round(Math.random() * LONGEST_LIFE_MS);
    await pause(lifeMs);
    manager.kill('SIGKILL');
    await manager.exited;
    lives.push(lifeMs);
  }
  console.log(`killed after ${lives.join(', ')} ms`);

  const last = await fleet.run();
  await last.until({ one: 'Running', two: 'Running' }, 90_000);
  const { services } = await last.control.status();
  const { url = '' } = services.find(({ name }) => name === 'one') ?? {};
  expect(await askTool(url)).toBe(`edit ${KILLS}`);
  await eventually(async () => expect(await fleet.containers()).toHaveLength(NAMES.length), 60_000);
  expect(await countOf(fleet, 'network', 'ls')).toBe(NAMES.length);
  // Whoever adopts a running container does not restart it.
  const before = await fleet.startedAt();
  last.kill('SIGKILL');
  await last.exited;
  const again = await fleet.run();
  await again.until({ one: 'Running', two: 'Running' }, 60_000);
  expect((await fleet.cli('plan')).stdout).toContain('No changes');
  expect(await fleet.startedAt()).toEqual(before);
});

function declare(fleet: Fleet, edit: number): void {
  const service = contained('tiny', [], {
    env: { GREETING: `edit ${edit}` },
    rollout: { stableFor: '0s', drain: '1s' },
  });
  fleet.declare('fleet.yaml', Object.fromEntries(NAMES.map((name) => [name, service])));
}

async function countOf({ engine }: Fleet, ...what: readonly string[]): Promise<number> {
  const names = await engine.podman(...what, '--format', '{{.Name}}');
  return names.split('\n').filter((name) => name.startsWith('mcp-')).length;
}
