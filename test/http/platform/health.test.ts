import { expect, test } from 'vitest';
import type { ServiceDetail } from '../../../src/control.ts';
import { fakePlatform } from '../fake-inspection.ts';
import { serveGuarded } from '../guarded-app.ts';
import { openPlatform, someService } from './open-platform.ts';

const RUNS = someService('echo');
const SILENT: ServiceDetail = {
  ...RUNS,
  containerId: 'c-now',
  responseMs: 12.5,
  answer: { kind: 'none', cause: 'hangs up' },
};
const ANSWERS: ServiceDetail = { ...RUNS, responseMs: 12.5, answer: { kind: 'good' } };

function open(found: ServiceDetail, before: ServiceDetail = RUNS) {
  return openPlatform({ details: [before], inspection: { checkNow: async () => found } });
}

test('a POST tells what is found now, and a GET what was found last', async () => {
  const { ask } = open(SILENT);
  const silent = { healthy: false, http_reachable: false, error: 'hangs up' };
  expect(await ask('POST /instances/echo/health')).toMatchObject({
    status: 200,
    body: { ...silent, status: 'running', container_id: 'c-now', response_time: 12_500_000 },
  });
  expect(await ask('POST /containers/echo/health')).toMatchObject({
    status: 200,
    body: { service: 'echo', health_status: { ...silent, container_id: 'c-now' } },
  });
  expect(await ask('GET /instances/echo/health')).toMatchObject({
    status: 200,
    body: { healthy: true, http_reachable: true },
  });
});

test('what answers and serves is healthy', async () => {
  const { ask } = open(ANSWERS);
  const { body } = await ask('POST /instances/echo/health');
  expect(body).toMatchObject({ healthy: true, http_reachable: true });
  expect(body.error).toBeUndefined();
});

test('what answers and does not serve yet is reached, and not healthy', async () => {
  const status = { ...RUNS.status, state: 'Starting', cause: 'not routed yet' } as const;
  const { ask } = open({ ...ANSWERS, status: { ...status, conditions: [] } });
  expect(await ask('POST /instances/echo/health')).toMatchObject({
    status: 200,
    body: { healthy: false, http_reachable: true, status: 'starting', error: 'not routed yet' },
  });
});

test('who is of one workspace has no service of another one checked', async () => {
  const asked: string[] = [];
  const details = ['w1', 'w2'].map((workspaceId) =>
    someService(`of-${workspaceId}`, { platform: { workspaceId } }),
  );
  const checkNow = async (service: string) => {
    asked.push(service);
    return SILENT;
  };
  const { ask, makeToken } = await serveGuarded({ platform: fakePlatform(details, { checkNow }) });
  const token = await makeToken({ role: 'read', workspace: 'w1' });
  const check = async (path: string) => (await ask(path, token, { method: 'POST' })).status;
  expect(await check('/instances/of-w1/health')).toBe(200);
  expect(await check('/containers/of-w1/health')).toBe(200);
  expect(await check('/instances/of-w2/health')).toBe(404);
  expect(await check('/containers/of-w2/health')).toBe(404);
  expect(asked).toEqual(['of-w1', 'of-w1']);
});
