import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { createUpgraded, replayEngine } from '../helpers/release-fixture.ts';

const RELEASES = readdirSync(join(import.meta.dirname, '..', 'fixtures', 'releases'), {
  withFileTypes: true,
}).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));

describe.each(RELEASES)('After an upgrade from %s', (release) => {
  test('nothing is planned for the containers that run', async () => {
    const { socket, missed } = await replayEngine(release);
    const place = createUpgraded(release, 'podman');
    place.environment['CONTAINER_HOST'] = `unix://${socket}`;
    const plan = await place.cli('plan', '--detailed-exitcode');
    expect(`${plan.stdout}${plan.stderr}`).toMatch(/No changes/);
    expect({ code: plan.code, missed }).toEqual({ code: 0, missed: [] });
    const history = await place.cli('history', 'plain');
    expect(history.stdout).toMatch(/Releases of plain:\n/);
  });

  test.each([[[]], [['--approve']]])('everything runs again, unasked: run %j', async (flags) => {
    const place = createUpgraded(release, 'process');
    const before = await historyOf(place);
    const manager = await place.run(...flags);
    const running = { plain: 'Running', secret: 'Running', asked: 'Running' };
    await manager.until({ ...running, off: 'Stopped', absent: 'Failed' });
    const { services } = await manager.control.status();
    const waiting = services.filter(({ cause }) => cause.includes('mcp-manager apply'));
    expect(waiting.map(({ name }) => name)).toEqual([]);
    await eventually(async () => {
      const { changes } = await manager.control.plan({});
      expect(changes.map(({ service }) => service)).toEqual(['absent']);
    });
    expect(manager.stderr()).not.toMatch(/INTERNAL/);
    const after = await historyOf(place);
    expect(before.length).toBeGreaterThan(0);
    expect(after).toEqual(expect.arrayContaining([...before]));
    expect((await manager.end()).code).toBe(0);
  });
});

async function historyOf(place: ReturnType<typeof createUpgraded>): Promise<readonly string[]> {
  const { stdout } = await place.cli('history', '--json', '--runtime', 'process');
  return stdout.split('\n').filter((line) => line !== '');
}
