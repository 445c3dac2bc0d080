import { expect, test } from 'vitest';
import { fleet } from '../desired/load-texts.ts';
import { codeOf, open } from './declared-texts.ts';

const put = (fields: Readonly<Record<string, unknown>>) => ({ kind: 'put', fields }) as const;
const merge = (fields: Readonly<Record<string, unknown>>) => ({ kind: 'merge', fields }) as const;
const wish = (service: string, fields: Readonly<Record<string, unknown>>) =>
  ({ service, origin: 'core', change: put(fields) }) as const;
const HOLDS = fleet('  bbb: {image: x, slug: s}\n');
const OLD = 'a'.repeat(64);
const TAKES = { service: 'aaa', change: put({ image: 'x', slug: 's' }) };

test('the first write after a start takes no slug that somebody has, and keeps nobody from later ones', async () => {
  const { declare, files } = open({ 'api/bbb.yaml': HOLDS });
  expect(await codeOf(declare(TAKES))).toBe('DOCUMENT_INVALID');
  expect([...files.keys()]).toEqual(['api/bbb.yaml']);
  expect(await codeOf(declare({ service: 'bbb', change: merge({ port: 80 }) }))).toBe('done');
});

test('a slug that was given up only for a look is not free', async () => {
  const { declare, files } = open({ 'api/bbb.yaml': HOLDS });
  const other = { service: 'bbb', change: merge({ slug: 'other' }) };
  expect(await codeOf(declare({ ...other, dryRun: true }))).toBe('done');
  expect(await codeOf(declare(TAKES))).toBe('DOCUMENT_INVALID');
  expect([...files.keys()]).toEqual(['api/bbb.yaml']);
  expect(await codeOf(declare(other))).toBe('done');
  expect(await codeOf(declare(TAKES))).toBe('done');
});

test('nor does the platform take what somebody has, among many wishes', async () => {
  const { declareAll, files } = open({ 'core/bbb.yaml': HOLDS });
  const taking = [wish('aaa', { image: 'x', slug: 's' }), wish('ccc', { image: 'x' })];
  const refused = await declareAll(taking, 'core');
  expect([...refused.keys()]).toEqual(['aaa']);
  expect([...files.keys()]).toEqual(['core/bbb.yaml', 'core/ccc.yaml']);
  expect(await declareAll([wish('bbb', { image: 'y', slug: 's' })], 'core')).toEqual(new Map());
});

test('a container stays with the service that has taken it over, which can still be changed', async () => {
  const { declare, files, current } = open({
    'api/bbb.yaml': fleet(`  bbb: {image: x, adopt: ${OLD}}\n`),
  });
  files.set('aaa.yaml', fleet(`  aaa: {image: x, adopt: ${OLD}}\n`));
  expect(await codeOf(declare({ service: 'bbb', change: merge({ port: 80 }) }))).toBe('done');
  expect(current().problems).toMatchObject([{ service: 'aaa', code: 'ADOPTED_TWICE' }]);
});

test('no program lets a service take over a container, and what a person has said of it stays', async () => {
  const { declare, files } = open({ 'api/bbb.yaml': fleet(`  bbb: {image: x, adopt: ${OLD}}\n`) });
  for (const service of ['aaa', 'bbb']) {
    const taking = { service, change: merge({ image: 'x', adopt: 'b'.repeat(64) }) };
    await expect(declare({ ...taking, change: put(taking.change.fields) })).rejects.toMatchObject({
      problems: [{ code: 'REFUSED_BY_POLICY', message: expect.stringContaining('take over') }],
    });
  }
  expect([...files.keys()]).toEqual(['api/bbb.yaml']);
});

test('nobody becomes the instance of somebody else, and neither does the platform lose its own', async () => {
  const platform = { instanceId: 'i-1' };
  const { declare, declareAll, files, current } = open({
    'core/bbb.yaml': fleet('  bbb: {image: x, platform: {instanceId: i-1}}\n'),
  });
  const taking = { service: 'aaa', change: put({ image: 'x', platform }) };
  await expect(declare(taking)).rejects.toMatchObject({ problems: [{ code: 'INSTANCE_TAKEN' }] });
  expect([...files.keys()]).toEqual(['core/bbb.yaml']);
  files.set('aaa.yaml', fleet('  aaa: {image: x, platform: {instanceId: i-1}}\n'));
  expect(await declareAll([wish('bbb', { image: 'y', platform })], 'core')).toEqual(new Map());
  await declare({ service: 'ccc', change: put({ image: 'x' }) });
  expect(current().problems).toMatchObject([{ service: 'aaa', code: 'INSTANCE_TAKEN' }]);
  expect(current().services.map(({ name }) => name)).toEqual(['bbb']);
});
