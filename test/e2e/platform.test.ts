import { expect, onTestFinished, test } from 'vitest';
import { createWorkplace } from '../helpers/manager.ts';

test('the two lines of every README of the platform work', async () => {
  const place = createWorkplace(onTestFinished);
  place.environment['AUTH_MODE'] = 'off';
  place.declare('a.yaml', {});
  const manager = await place.run();
  await manager.said(/The API is at/);
  const [, url = ''] = /The API is at (http:\/\/[^;\s]+[^;\s.])/.exec(manager.stdout()) ?? [];
  const body = '{"service_name":"test","template":"echo"}';
  const made = await fetch(`${url}/containers`, { method: 'POST', body });
  expect([made.status, await made.json()]).toMatchObject([
    201,
    { service_name: 'test', status: 'running' },
  ]);
  const gone = await fetch(`${url}/containers/test`, { method: 'DELETE' });
  expect([gone.status, await gone.json()]).toEqual([
    200,
    { message: 'Container deleted successfully', service: 'test' },
  ]);
  expect((await fetch(`${url}/containers/test/status`)).status).toBe(404);
});
