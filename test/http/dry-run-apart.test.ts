import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startMemoryManager } from '../helpers/memory-manager.ts';
import { serveGuarded } from './guarded-app.ts';

const THEIRS = `apiVersion: mcp-manager/v1
services:
  secretive: { image: [], platform: { workspaceId: w2 } }
`;

test('a dry run tells who is for one workspace nothing of the mistakes of others', async () => {
  const { manager, desired } = await startMemoryManager({ atEnd: onTestFinished, documents: {} });
  const { control, inspection, audit } = manager;
  const platform = { inspection, startupMs: 30_000, limit: {} };
  const { ask, makeToken } = await serveGuarded({ control, platform, audit });
  const all = await makeToken({ role: 'admin' });
  const own = await makeToken({ role: 'write', workspace: 'w1' });
  const send = async (method: string, token: string, query = '') => {
    const headers = { 'content-type': 'application/json' };
    const body = method === 'DELETE' ? {} : { headers, body: '{"image": "x:1"}' };
    const response = await ask(`/v1/services/mine${query}`, token, { method, ...body });
    expect(response.status).toBeLessThan(300);
    return response.text();
  };
  await send('PUT', own);
  await writeFile(join(desired, 'theirs.yaml'), THEIRS);
  expect(await send('PUT', all, '?dryRun=true')).toContain('secretive');
  for (const method of ['PUT', 'PATCH', 'DELETE']) {
    const told = await send(method, own, '?dryRun=true');
    expect(JSON.parse(told)).toMatchObject({ plan: { problems: [], leftAlone: [] } });
    expect(told).not.toMatch(/secretive|theirs/);
  }
});
