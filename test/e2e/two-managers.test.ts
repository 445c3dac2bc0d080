import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { askTool } from '../helpers/ask-tool.ts';
import { eventually } from '../helpers/eventually.ts';
import { createWorkplace, type ManagerProcess, tiny, type Workplace } from '../helpers/manager.ts';

/** Far below the drain of a program that will not end, and far above what an idle manager takes on a busy machine. */
const END_MS = 5_000;

async function startOne(...modes: readonly string[]): Promise<[Workplace, ManagerProcess]> {
  const place = createWorkplace(onTestFinished);
  place.declare('fleet.yaml', { one: tiny(modes), two: tiny() });
  const manager = await place.run();
  await manager.until({ one: 'Running', two: 'Running' });
  return [place, manager];
}

describe('a second manager on one state folder', () => {
  test('says who holds it, ends with 5 and harms nothing', async () => {
    const [place, manager] = await startOne();
    const url = (await manager.control.status()).services[0]?.url ?? '';
    const pid = await askTool(url, 'pid');
    const second = await place.cli('run', '--runtime', 'process');
    expect(second.code).toBe(5);
    expect(second.stderr).toContain('LEASE_HELD');
    expect(second.stderr).toContain(`process ${manager.pid} on `);
    expect(await askTool(url, 'pid')).toBe(pid);
    expect((await place.cli('status')).stdout).toContain('Running');
    await expectEnd(place, manager);
  });

  test('may take it as soon as the first was killed', async () => {
    const [place, first] = await startOne();
    first.kill('SIGKILL');
    const second = await place.run();
    await second.until({ one: 'Running', two: 'Running' });
    await expectEnd(place, second);
  });
});

describe('a manager that is told to end', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    'by %s is gone soon with all that it started, and exits with 0',
    async (signal) => {
      const [place, manager] = await startOne();
      const beganMs = performance.now();
      manager.kill(signal);
      expect(await manager.exited).toEqual({ code: 0, signal: null });
      const tookMs = performance.now() - beganMs;
      console.log(`ended by ${signal} after ${Math.round(tookMs)} ms`);
      expect(tookMs).toBeLessThan(END_MS);
      await eventually(() => expect(place.leftovers()).toEqual([]));
      expect(existsSync(join(place.stateFolder, 'api.sock'))).toBe(false);
      expect((await place.cli('health')).code).toBe(1);
    },
  );

  test('waits for programs that will not end, but not after a second signal', async () => {
    const [place, manager] = await startOne('deaf');
    manager.kill('SIGTERM');
    await eventually(() => expect(place.leftovers().join('\n')).not.toMatch(/tiny\.mjs$/m));
    expect(place.leftovers().join('\n')).toMatch(/tiny\.mjs deaf/);
    const beganMs = performance.now();
    manager.kill('SIGTERM');
    expect((await manager.exited).code).toBe(130);
    expect(performance.now() - beganMs).toBeLessThan(END_MS);
    await eventually(() => expect(place.leftovers()).toEqual([]));
  });

  test('while its services are starting ends as soon', async () => {
    const place = createWorkplace(onTestFinished);
    const names = Array.from({ length: 10 }, (_item, index) => `service-${index}`);
    place.declare('fleet.yaml', Object.fromEntries(names.map((name) => [name, tiny(['mute'])])));
    const manager = await place.run();
    manager.kill('SIGTERM');
    expect((await manager.exited).code).toBe(0);
    await eventually(() => expect(place.leftovers()).toEqual([]));
  });
});

async function expectEnd(place: Workplace, manager: ManagerProcess): Promise<void> {
  expect((await manager.end()).code).toBe(0);
  await eventually(() => expect(place.leftovers()).toEqual([]));
}
