import { expect, test } from 'vitest';
import { createFakeControl } from '../fake-control.ts';
import { openPlatform, someService } from './open-platform.ts';

test.each([
  ['is its slug where that is free', {}, 'echo'],
  ['is none where another service is served at it', { plainName: 'echo' }, 'echo-092c79e8'],
])('the plain name of what start declares %s', async (_, held, slug) => {
  const control = createFakeControl();
  const { ask } = openPlatform({ control, details: [someService('other', held)] });

  await ask('POST /containers/echo/start', { image: 'mcp/echo', port: 8000 });

  expect(JSON.stringify(control.calls)).toContain(`"slug":"${slug}"`);
});
