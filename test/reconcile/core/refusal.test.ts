import { expect, test } from 'vitest';
import { fleet } from '../../desired/load-texts.ts';
import { created, deleted, openCoreDocuments } from './documents.ts';

test.each([
  ['mine.yaml', 'people: mine.yaml:3'],
  ['api/mine.yaml', 'the API: api/mine.yaml:3'],
])('an instance that a service in %s has is not made, which is told once', async (file, owner) => {
  const fields = '{image: x, power: off, platform: {instanceId: a, workspaceId: w1}}';
  const text = fleet(`  mine: ${fields}\n`);
  const { want, files, names, events, memories, said } = openCoreDocuments({ [file]: text });
  const told = { key: '["running",null]', name: 'mine' };
  memories.change(new Map([['a', () => ({ told })]]));
  for (let time = 0; time < 2; time += 1) await want(created('a', { image: 'y' }), created('b'));
  expect([names(), files.get(file)]).toEqual([[file, 'core/echo-b.yaml'].toSorted(), text]);
  const [event, ...others] = events();
  const data = { wish: 'create', instanceId: 'a', cause: expect.stringContaining(owner) };
  expect(event).toMatchObject({ subject: 'mine', data });
  expect([others, event?.workspace, memories.of('a').told]).toEqual([[], undefined, told]);
  expect(said).toEqual([]);
});

test('one that is refused keeps no other from being created, and its cause is kept for core', async () => {
  const { want, names, memories } = openCoreDocuments();
  await want(created('a', { port: 0 }), created('b'));
  expect(names()).toEqual(['core/echo-b.yaml']);
  expect(memories.of('a').refusal).toMatchObject({ name: 'Echo' });
  await want(created('a'));
  expect(names()).toEqual(['core/echo-a.yaml', 'core/echo-b.yaml']);
  expect(memories.of('a').refusal).toBeUndefined();
});

test('each refusal becomes an event once, however often it is told again, and holds no value', async () => {
  const { want, events } = openCoreDocuments({}, 2);
  const wrong = created('a', { port: 0, env: { API_KEY: 'planted-value' } });
  await want(created('b', { image: 'x', protected: true }), created('c'));
  for (let time = 0; time < 2; time += 1) {
    await want(wrong, created('b', { port: 0 }), created('d'));
  }
  for (let time = 0; time < 2; time += 1) await want(deleted('b'));
  const told = events().map(({ subject, data }) => [subject, data['wish'], data['instanceId']]);
  expect(told).toEqual([
    [undefined, 'create', 'a'],
    ['echo-b', 'create', 'b'],
    [undefined, 'create', 'd'],
    ['echo-b', 'delete', 'b'],
  ]);
  expect(JSON.stringify(events())).not.toContain('planted-value');
});

test('what is refused of a service that runs is told for its workspace', async () => {
  const platform = { instanceId: 'a', serviceName: 'Echo', workspaceId: 'w1' };
  const wish = created('a');
  const { want, events } = openCoreDocuments();
  await want({ ...wish, fields: { ...wish.fields, platform } });
  await want({ ...wish, fields: { ...wish.fields, platform, port: 0 } }, created('b', { port: 0 }));
  expect(events().map(({ subject, workspace }) => [subject, workspace])).toEqual([
    ['echo-a', 'w1'],
    [undefined, undefined],
  ]);
});

test('what is refused for another reason, or again after it was done, is another event', async () => {
  const { want, events } = openCoreDocuments();
  await want(created('a', { port: 0 }));
  await want(created('a', { port: 70_000 }));
  await want(created('a'));
  await want(created('a', { port: 70_000 }));
  expect(events().map(({ data }) => data['cause'])).toEqual([
    expect.stringContaining('>= 1'),
    expect.stringContaining('<= 65535'),
    expect.stringContaining('<= 65535'),
  ]);
});

test('more than there may be is refused in the words of the platform, and a deletion makes room', async () => {
  const { want, names, memories } = openCoreDocuments({}, 2);
  await want(created('a'), created('b'), created('c'));
  expect(names()).toEqual(['core/echo-a.yaml', 'core/echo-b.yaml']);
  expect(memories.of('c').refusal?.cause).toBe('maximum container limit reached (2)');
  await want(created('c'), deleted('a'));
  expect(names()).toEqual(['core/echo-b.yaml', 'core/echo-c.yaml']);
});

test('what is refused takes no place from another, and keeps none free', async () => {
  const { want, names, memories } = openCoreDocuments({}, 1);
  await want(created('a', { port: 0 }), created('b'), created('c'));
  expect(names()).toEqual(['core/echo-b.yaml']);
  expect(memories.of('a').refusal?.cause).toContain('port');
  expect(memories.of('c').refusal?.cause).toBe('maximum container limit reached (1)');
});

test('an instance whose secret cannot be kept is refused alone, also where others share its document', async () => {
  const shared = fleet(
    '  a: {image: x, platform: {instanceId: a}}\n  b: {image: x, platform: {instanceId: b}}\n',
  );
  const { want, files, names, memories } = openCoreDocuments({ 'core/both.yaml': shared });
  const env = { [`${'X'.repeat(260)}_TOKEN`]: 'planted' };
  await want(created('a', { image: 'y', env }), created('b', { image: 'y' }), created('c'));
  expect(names()).toEqual(['core/both.yaml', 'core/echo-c.yaml']);
  const text = files.get('core/both.yaml') ?? '';
  expect([text.includes('XXX'), text.split('"y"').length]).toEqual([false, 2]);
  await want(created('d', { image: 'y', env }), created('e'));
  expect(names()).toEqual(['core/both.yaml', 'core/echo-c.yaml', 'core/echo-e.yaml']);
  expect(memories.of('d').refusal?.cause).toContain('too long');
});

test('of what was deleted a creation that cannot be carried out is not told, and the deletion holds', async () => {
  const { want, names, events, memories } = openCoreDocuments();
  await want(deleted('a'));
  await want({ kind: 'refused', instanceId: 'a', name: 'Echo', cause: 'it has no image' });
  expect([events(), memories.of('a').refusal]).toEqual([[], undefined]);
  await want(created('a'));
  expect(names()).toEqual([]);
});
