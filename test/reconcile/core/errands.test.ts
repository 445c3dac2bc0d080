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

test('what is of a workspace by the list stays of it when a message names none', async () => {
  const { want, files } = openCoreDocuments();
  const file = 'core/echo-a.yaml';
  const listed = created('a', { image: 'x' }, 'list');
  const platform = { instanceId: 'a', serviceName: 'Echo', workspaceId: 'w1' };
  await want({ ...listed, fields: { ...listed.fields, platform } });
  await want(created('a', { image: 'y' }));
  expect(files.get(file)).toContain('image: y');
  expect(files.get(file)).toContain('workspaceId: w1');
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

test('a deletion that cannot be carried out now leaves no approval, however often it is tried', async () => {
  const { want, state, store } = openCoreDocuments();
  await want(created('a'));
  state.isFull = true;
  await expect(want(deleted('a'))).rejects.toMatchObject({ code: 'STATE_UNWRITABLE' });
  await expect(want(deleted('a'))).rejects.toMatchObject({ code: 'STATE_UNWRITABLE' });
  expect(store.requests()).toEqual([]);
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
