import { expect, test } from 'vitest';
import { serveMemoryManager } from '../helpers/memory-manager.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

test('the plan of a write that is tried out waits for no secret that the write brings', async () => {
  const { url } = await serveMemoryManager();
  const put = async (query: string, password: string) => {
    const fields = { image: 'docker.io/library/x:1', env: { PASSWORD: password } };
    const body = JSON.stringify(fields);
    const sent = { method: 'PUT', headers: JSON_TYPE, body };
    const answer = await fetch(`${url}/v1/services/echo${query}`, sent);
    return { status: answer.status, text: await answer.text() };
  };
  const tried = await put('?dryRun=true', 'planted');
  expect(tried.status).toBe(200);
  expect(JSON.parse(tried.text)).toMatchObject({
    plan: { waiting: [], changes: [{ actionReason: 'create_because_new' }] },
  });
  expect(tried.text).not.toMatch(/there is no file|planted/);
  // Nothing was kept.
  const document = { image: 'docker.io/library/x:1', env: { PASSWORD: { secret: KEPT } } };
  const referring = await fetch(`${url}/v1/services/echo?dryRun=true`, {
    method: 'PUT',
    headers: JSON_TYPE,
    body: JSON.stringify(document),
  });
  expect(await referring.text()).toContain('there is no file');
  expect((await put('', 'planted')).status).toBe(201);
});

const KEPT = 'file:api/echo/env-password';
