import { cp, mkdir, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createWorkplace } from '../helpers/manager.ts';
import { apiUrlOf, BASE, readRecordedSteps, replay } from '../helpers/replay.ts';

test('every recorded request is answered as the contract says, field by field', async () => {
  const place = createWorkplace(onTestFinished, {
    environment: { AUTH_MODE: 'off', MCP_PROXY_HOST: BASE, TEMPLATES_DIR: 'templates' },
  });
  await mkdir(join(place.folder, 'templates'));
  for (const name of ['echo.json', 'echo']) {
    await cp(`templates/${name}`, join(place.folder, 'templates', name), { recursive: true });
  }
  await symlink(resolve('node_modules'), join(place.folder, 'node_modules'));
  place.declare('a.yaml', {});
  const url = await apiUrlOf(await place.run());
  const steps = readRecordedSteps().filter(({ on }) => on === undefined);
  expect(await replay(url, steps)).toEqual([]);
});
