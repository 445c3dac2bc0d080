import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askTool } from '../helpers/ask-tool.ts';
import { eventually } from '../helpers/eventually.ts';
import { createWorkplace, type ManagerProcess, tiny } from '../helpers/manager.ts';

// Tests follow on one another here: what was approved before is healed later.
const place = createWorkplace(afterAll);
let manager: ManagerProcess;

beforeAll(async () => {
  declare('hello');
  manager = await place.run('--approve');
});

test('a new service waits under --approve, and plan and diff tell it by their exit codes', async () => {
  await manager.until({ first: 'Pending', second: 'Pending' });
  expect((await place.cli('plan', '--detailed-exitcode')).code).toBe(2);
  expect((await place.cli('diff')).code).toBe(1);
  expect((await place.cli('status')).stdout).toContain('a change waits for `mcp-manager apply`');
  expect(place.leftovers().filter((line) => line.includes('tiny.mjs'))).toEqual([]);
});

test('nobody who cannot be asked applies anything without --auto-approve', async () => {
  const { code, stderr } = await place.cli('apply');
  expect(code).toBe(1);
  expect(stderr).toContain('--auto-approve');
  await manager.until({ first: 'Pending' });
});

test('a saved plan is shown again and carried out', async () => {
  const saved = await place.cli('plan', '--out', 'change.json');
  expect(saved.code).toBe(0);
  const shown = await place.cli('show', 'change.json');
  expect(shown.code).toBe(0);
  expect(shown.stdout).toContain('first');
  expect(shown.stdout).toBe(saved.stdout);
  const applied = await place.cli('apply', 'change.json');
  expect(applied).toMatchObject({ code: 0, stdout: expect.stringContaining('Apply complete') });
  expect(await askTool(await urlOf('first'))).toBe('hello');
  await manager.until({ first: 'Running', second: 'Running' });
});

test('a saved plan is refused when something moved since, by the name of what moved', async () => {
  declare('better');
  expect((await place.cli('plan', '--out', 'stale.json')).code).toBe(0);
  declare('best');
  const { code, stdout } = await place.cli('apply', 'stale.json');
  expect(code).toBe(3);
  expect(stdout).toContain('Saved plan is stale');
  expect(stdout).toContain('second');
  expect(stdout).not.toContain('first:');
  expect(await askTool(await urlOf('second'))).toBe('hello');
});

test('a plan that was carried out once is stale the next time', async () => {
  expect((await place.cli('apply', 'change.json')).code).toBe(3);
});

test('drift is healed to the approved version while a change waits', async () => {
  const url = await urlOf('second');
  const pid = await askTool(url, 'pid');
  process.kill(Number(pid), 'SIGKILL');
  await eventually(async () => expect(await askTool(url, 'pid')).not.toBe(pid));
  expect(await askTool(url)).toBe('hello');
  expect((await place.cli('plan', '--detailed-exitcode')).code).toBe(2);
});

test('an approved change is made, and then there are none', async () => {
  const applied = await place.cli('apply', '--auto-approve', '--json');
  expect(applied.code).toBe(0);
  const lines = applied.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.at(-1)).toMatchObject({ result: { outcome: 'converged' } });
  expect(lines[0]).toMatchObject({ specversion: '1.0' });
  expect(await askTool(await urlOf('second'))).toBe('best');
  const again = await place.cli('plan', '--detailed-exitcode');
  expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('No changes') });
});

test('apply ends with 4 when a service is not verified by its deadline', async () => {
  place.declare('mute.yaml', { mute: tiny(['mute'], { rollout: { deadline: '1s' } }) });
  const beganMs = performance.now();
  const { code, stdout } = await place.cli('apply', '--auto-approve');
  expect(code).toBe(4);
  expect(stdout).toMatch(/mute\s+Failed\s+not verified in time: nothing listens on/);
  expect(performance.now() - beganMs).toBeLessThan(6_000);
});

test('a removal waits for its approval too', async () => {
  place.declare('mute.yaml', {});
  await eventually(async () => {
    expect((await place.cli('status')).stdout).toMatch(
      /not verified in time: .*; a change waits for `mcp-manager apply`: no document names it/,
    );
  });
  expect((await place.cli('apply', '--auto-approve')).code).toBe(0);
  const { services } = await manager.control.status();
  expect(services.map(({ name }) => name)).toEqual(['first', 'second']);
});

test('a saved plan is for its owner alone, and what is no plan is not applied', async () => {
  expect(statSync(join(place.folder, 'change.json')).mode & 0o777).toBe(0o600);
  const broken = await place.cli('apply', 'desired/fleet.yaml');
  expect(broken).toMatchObject({ code: 1, stderr: expect.stringContaining('PLAN_INVALID') });
});

function declare(second: string): void {
  place.declare('fleet.yaml', {
    first: tiny([], { rollout: { stableFor: '0s', drain: '1s' } }),
    second: tiny([], { env: { GREETING: second }, rollout: { stableFor: '0s', drain: '1s' } }),
  });
}

async function urlOf(name: string): Promise<string> {
  const { services } = await manager.control.status();
  return services.find((service) => service.name === name)?.url ?? 'unknown';
}
