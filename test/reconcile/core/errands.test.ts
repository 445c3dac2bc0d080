import { expect, test } from 'vitest';
import { fleet } from '../../desired/load-texts.ts';
import { created, deleted, openCoreDocuments } from './documents.ts';

const HOUR_MS = 3_600_000;

test('an instance gets one document, however often its creation is told', async () => {
  const { want, names, files } = openCoreDocuments();
  await want(created('a'), created('b'));
  await want(created('a'));
  await want(created('a', { image: 'y' }));
  expect(names()).toEqual(['core/echo-a.yaml', 'core/echo-b.yaml']);
  expect(files.get('core/echo-a.yaml')).toContain('image: y');
});

test('a deletion that says nothing but the id takes the document away, and leaves no disappearance', async () => {
  const { want, names, store } = openCoreDocuments();
  await want(created('a'), created('b'));
  await want(deleted('a'));
  expect(names()).toEqual(['core/echo-b.yaml']);
  expect(store.requests()).toMatchObject([{ kind: 'remove', service: 'echo-a' }]);
});

test('what was deleted before it was created is not created, until a day is over', async () => {
  const { want, names, state } = openCoreDocuments();
  await want(deleted('a'));
  state.nowMs += 23 * HOUR_MS;
  await want(created('a'));
  expect(names()).toEqual([]);
  state.nowMs += 2 * HOUR_MS;
  await want(created('a'));
  expect(names()).toEqual(['core/echo-a.yaml']);
});

test('a name that another service has gets a number, and so has the address', async () => {
  const { want, files, names } = openCoreDocuments({
    'mine.yaml': fleet('  echo-a: {image: x}\n'),
  });
  await want(created('a'));
  expect(names()).toEqual(['core/echo-a-2.yaml', 'mine.yaml']);
  expect(files.get('core/echo-a-2.yaml')).toContain('slug: echo-a-2');
  await want(created('a', { image: 'y' }));
  expect(names()).toEqual(['core/echo-a-2.yaml', 'mine.yaml']);
});

test('a hand edit stays, also when the same is told again, until core wants something else', async () => {
  const { want, files } = openCoreDocuments();
  await want(created('a'));
  const file = 'core/echo-a.yaml';
  files.set(file, files.get(file)?.replace('image: x', 'image: mine') ?? '');
  await want(created('a'), created('b'));
  await want(created('a', { image: 'x' }, 'list'));
  expect(files.get(file)).toContain('image: mine');
  await want(created('a', { image: 'y' }));
  expect(files.get(file)).toContain('image: y');
});

test('what belongs to people is neither changed nor deleted', async () => {
  const text = fleet('  own: {image: x, platform: {instanceId: a}}\n');
  const { want, files, names } = openCoreDocuments({ 'mine.yaml': text });
  await want(created('a', { image: 'y' }));
  await want(deleted('a'));
  expect([names(), files.get('mine.yaml')]).toEqual([['mine.yaml'], text]);
});

test('what a complete list has no more goes, and comes back when it is listed again', async () => {
  const { want, names } = openCoreDocuments();
  await want(created('a'));
  await want({ kind: 'unlisted', instanceId: 'a' });
  expect(names()).toEqual([]);
  await want(created('a', { image: 'x' }, 'list'));
  expect(names()).toEqual(['core/echo-a.yaml']);
});

test.each(['stopped', 'failed'] as const)(
  'what core lists as %s is not made, and stays with what core wants of it where it is there',
  async (standing) => {
    const { want, names, files, memories } = openCoreDocuments();
    const listed = (id: string, image: string) => ({
      ...created(id, { image }, 'list'),
      standing,
    });
    await want(listed('a', 'x'));
    expect([names(), memories.of('a').wish]).toEqual([[], undefined]);
    await want(created('b'));
    await want(listed('b', 'y'));
    expect(names()).toEqual(['core/echo-b.yaml']);
    expect(files.get('core/echo-b.yaml')).toContain('image: y');
    await want(created('a', { image: 'x' }, 'list'));
    expect(names()).toEqual(['core/echo-a.yaml', 'core/echo-b.yaml']);
  },
);

test('what core lists as failed since it was refused is tried again, unless core calls it stopped', async () => {
  const { want, names } = openCoreDocuments({}, 1);
  await want(created('a'), created('b'));
  const listed = created('b', { image: 'x' }, 'list');
  await want(deleted('a'));
  await want({ ...listed, standing: 'stopped' });
  expect(names()).toEqual([]);
  await want({ ...listed, standing: 'failed' });
  expect(names()).toEqual(['core/echo-b.yaml']);
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
  expect(memories.of('c').refusal?.cause).toContain('maximum container limit reached (2)');
  await want(created('c'), deleted('a'));
  expect(names()).toEqual(['core/echo-b.yaml', 'core/echo-c.yaml']);
});

test('what is refused takes no place from another, and keeps none free', async () => {
  const { want, names, memories } = openCoreDocuments({}, 1);
  await want(created('a', { port: 0 }), created('b'), created('c'));
  expect(names()).toEqual(['core/echo-b.yaml']);
  expect(memories.of('a').refusal?.cause).toContain('port');
  expect(memories.of('c').refusal?.cause).toContain('maximum container limit reached (1)');
});

test('what cannot be written now is wanted again: nothing is remembered as done', async () => {
  const { want, names, state } = openCoreDocuments();
  state.isFull = true;
  await expect(want(created('a'))).rejects.toMatchObject({ code: 'STATE_UNWRITABLE' });
  state.isFull = false;
  await want(created('a'));
  expect(names()).toEqual(['core/echo-a.yaml']);
});

test('a protected service outlives its deletion', async () => {
  const { want, names } = openCoreDocuments();
  await want(created('a', { image: 'x', protected: true }));
  await want(deleted('a'));
  expect(names()).toEqual(['core/echo-a.yaml']);
});

test('a deletion that could not be carried out is carried out after a restart', async () => {
  const { want, names, state, restart } = openCoreDocuments();
  await want(created('a'));
  state.isFull = true;
  await expect(want(deleted('a'))).rejects.toMatchObject({ code: 'STATE_UNWRITABLE' });
  state.isFull = false;
  await restart();
  expect(names()).toEqual(['core/echo-last.yaml']);
});

test('a deletion that was carried out, or refused, does nothing more after a restart', async () => {
  const { want, names, files, restart, store } = openCoreDocuments();
  await want(created('a'), created('b', { image: 'x', protected: true }));
  await want(deleted('a'), deleted('b'));
  const again = fleet('  again: {image: x, platform: {instanceId: a}}\n');
  files.set('api/again.yaml', again);
  const file = 'core/echo-b.yaml';
  files.set(file, files.get(file)?.replace('protected: true', 'protected: false') ?? '');
  const requests = store.requests().length;
  await restart();
  expect(names()).toEqual(['api/again.yaml', file, 'core/echo-last.yaml']);
  expect(store.requests()).toHaveLength(requests);
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

test('a deletion that is tried often is asked for once', async () => {
  const { want, state, store } = openCoreDocuments();
  await want(created('a'));
  state.isFull = true;
  await expect(want(deleted('a'))).rejects.toMatchObject({ code: 'STATE_UNWRITABLE' });
  await expect(want(deleted('a'))).rejects.toMatchObject({ code: 'STATE_UNWRITABLE' });
  expect(store.requests()).toHaveLength(1);
});

test('a deletion whose document is broken is carried out once that is mended', async () => {
  const { want, files, names, restart } = openCoreDocuments();
  await want(created('a'));
  const file = 'core/echo-a.yaml';
  const text = files.get(file) ?? '';
  files.set(file, `${text}\nservices: [`);
  await want(deleted('a'));
  expect(names()).toEqual([file]);
  files.set(file, text);
  await restart();
  expect(names()).toEqual(['core/echo-last.yaml']);
});

test('what is switched off here stays off whatever core wants of it, and core is told so again', async () => {
  const { want, files, memories } = openCoreDocuments();
  const file = 'core/echo-a.yaml';
  const told = { key: '["stopped",null]', name: 'Echo' };
  await want(created('a'));
  files.set(file, files.get(file)?.replace('image: x', 'image: x\n    power: off') ?? '');
  memories.change(new Map([['a', (memory) => ({ ...memory, told })]]));
  await want(created('a'), created('a', { image: 'x' }, 'list'));
  expect(memories.of('a').told).toEqual(told);
  for (const source of ['message', 'list'] as const) {
    await want(created('a', { image: source }, source));
    expect(files.get(file)).toMatch(new RegExp(`image: ${source}\n[^]*power: off`));
    expect(memories.of('a').told?.key).not.toBe(told.key);
  }
  files.set(file, files.get(file)?.replace(/power: off/, 'power: on') ?? '');
  await want(created('a', { image: 'z' }));
  expect(files.get(file)).not.toContain('off');
});
