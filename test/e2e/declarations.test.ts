import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { askTool } from '../helpers/ask-tool.ts';
import { eventually } from '../helpers/eventually.ts';
import { createWorkplace, TINY, tiny } from '../helpers/manager.ts';

test('a service of the API is made, changed and let go by its document', async () => {
  const place = createWorkplace(onTestFinished);
  place.environment['ALLOW_HOST_COMMANDS'] = 'true';
  place.declare('fleet.yaml', { mine: tiny() });
  const manager = await place.run();
  const { control } = manager;
  const owner = { service: 'asked', origin: 'api', by: 'ada' } as const;
  const rollout = { stableFor: '0s', drain: '1s' };
  const fields = { command: ['node', TINY], rollout, env: { API_KEY: 'planted' } };
  await control.declare({ ...owner, change: { kind: 'put', fields } });
  await manager.until({ asked: 'Running', mine: 'Running' });
  const file = join(place.folder, 'desired/api/asked.yaml');
  expect(readFileSync(file, 'utf8')).not.toContain('planted');
  const url = await urlOf('asked');

  const { etag } = await control.declared('asked');
  const patch = { env: { GREETING: 'changed' } };
  await control.declare({ ...owner, ifMatch: [etag], change: { kind: 'merge', fields: patch } });
  await eventually(async () => expect(await askTool(url)).toBe('changed'));
  const late = control.declare({ ...owner, ifMatch: [etag], change: { kind: 'delete' } });
  await expect(late).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });

  const theirs = control.declare({ ...owner, service: 'mine', change: { kind: 'delete' } });
  await expect(theirs).rejects.toThrow(/mine belongs to people: fleet\.yaml:\d+/);

  await control.declare({ ...owner, change: { kind: 'delete' } });
  await eventually(async () => {
    expect((await control.status()).services.map(({ name }) => name)).toEqual(['mine']);
  });
  expect(existsSync(file)).toBe(false);

  async function urlOf(name: string): Promise<string> {
    const { services } = await control.status();
    return services.find((service) => service.name === name)?.url ?? '';
  }
});
