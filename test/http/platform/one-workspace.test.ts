import { expect, onTestFinished, test } from 'vitest';
import { startMemoryManager } from '../../helpers/memory-manager.ts';
import { serveGuarded } from '../guarded-app.ts';

const SPEC = { image: 'mcp/echo:latest', port: 8000 };
const INSTANCE = { instance_id: 'i1', name: 'My Echo', service_name: 'i1', workspace_id: 'w1' };

test('an instance is made, read and changed with a token of its workspace in the way of the platform alone', async () => {
  const { manager } = await startMemoryManager({ atEnd: onTestFinished, documents: {} });
  const { control, inspection } = manager;
  const platform = { inspection, startupMs: 30_000, limit: {} };
  const { ask, makeToken } = await serveGuarded({ control, platform });
  const token = await makeToken({ role: 'write', workspace: 'w1' });
  const headers = { 'content-type': 'application/json' };
  const send = async (route: string, body: object) => {
    const [method = '', path = ''] = route.split(' ');
    const answer = await ask(path, token, { method, headers, body: JSON.stringify(body) });
    return { status: answer.status, body: await answer.json() };
  };

  const fields = { image: 'mcp/echo:latest', platform: { instanceId: 'i1' } };
  expect(await send('PUT /v1/services/mine', fields)).toMatchObject({
    status: 403,
    body: { code: 'FORBIDDEN', hint: expect.stringContaining('platform.instanceId') },
  });
  const validation = { instance_id: 'i1', name: 'My Echo', json_spec: SPEC, dry_run: true };
  expect(await send('POST /containers/validate', validation)).toMatchObject({ status: 200 });
  expect(await send('POST /instances/validate', { ...INSTANCE, ...SPEC })).toMatchObject({
    status: 200,
  });
  expect(await send('POST /instances', { ...INSTANCE, ...SPEC })).toMatchObject({ status: 201 });
  expect(await send('PUT /instances/i1', { environment: { A: 'b' } })).toMatchObject({
    status: 200,
  });
  const [name = ''] = (await control.status()).services.map((service) => service.name);
  const document = JSON.parse(await (await ask(`/v1/services/${name}/document`, token)).text());
  expect(document).toMatchObject({ fields: { platform: { instanceId: 'i1' }, env: { A: 'b' } } });
  const { fields: read } = document;
  expect(await send(`PUT /v1/services/${name}`, read)).toMatchObject({ status: 200 });
});
