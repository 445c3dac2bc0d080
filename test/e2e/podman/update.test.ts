import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { startEngine } from '../../helpers/engine.ts';
import { eventually } from '../../helpers/eventually.ts';
import { PROGRAMS_IMAGE } from '../../helpers/image-store.ts';
import { createWorkplace } from '../../helpers/manager.ts';
import { createTempFolder } from '../../helpers/temp-folder.ts';

const engine = await startEngine(afterAll);
const APP = 'localhost/update/app:1';

/** Gives the tag to an image that nobody has seen before; answers its id. */
async function build(version: string): Promise<string> {
  const folder = await createTempFolder();
  writeFileSync(
    join(folder, 'Containerfile'),
    `FROM ${PROGRAMS_IMAGE}\nLABEL version=${version}\n`,
  );
  await engine.podman('build', '--quiet', '--tag', APP, folder);
  return `sha256:${await engine.podman('image', 'inspect', '--format', '{{.Id}}', APP)}`;
}

test('an update rolls exactly the service that was named to what its tag means now', async () => {
  const place = createWorkplace(onTestFinished);
  place.environment['CONTAINER_HOST'] = `unix://${engine.socket}`;
  const app = { image: APP, command: ['node', '/programs/tiny.mjs'] };
  const before = await build('1');
  place.declare('fleet.yaml', { app, twin: app });
  const manager = await place.run('--runtime', 'podman');
  await manager.until({ app: 'Running', twin: 'Running' });
  const after = await build('2');
  const running = async (): Promise<Readonly<Record<string, string | undefined>>> => {
    const { services } = await manager.control.status();
    return Object.fromEntries(services.map(({ name, imageId }) => [name, imageId]));
  };
  expect(await running()).toEqual({ app: before, twin: before });

  expect(await place.cli('update', 'app', '--runtime', 'podman')).toMatchObject({ code: 0 });
  await eventually(
    async () => expect(await running()).toEqual({ app: after, twin: before }),
    60_000,
  );
  await manager.until({ app: 'Running', twin: 'Running' });
  await eventually(async () => {
    const { stdout } = await place.cli('events', '--since', '1h', '--service', 'app');
    expect(stdout).toContain(`service.updated: ${APP} is up to date: ${after.slice(0, 19)}`);
  });
  const plan = await place.cli('plan', '--runtime', 'podman');
  expect(plan.stdout).toContain('No changes');

  // Without a manager the command itself does it all.
  await manager.end();
  const newest = await build('3');
  const alone = await place.cli('update', 'app', '--runtime', 'podman');
  expect(alone).toMatchObject({ code: 0, stdout: expect.stringContaining('Apply complete') });
  const { stdout } = await place.cli('status', '--json', '--runtime', 'podman');
  expect(JSON.parse(stdout).services).toMatchObject([
    { name: 'app', imageId: newest },
    { name: 'twin', imageId: before },
  ]);
});
