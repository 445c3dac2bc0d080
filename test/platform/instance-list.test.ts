import { expect, test } from 'vitest';
import { readInstanceList } from '../../src/platform/instance-list.ts';

const ENTRY = { id: 'i1', name: 'My Echo', json_spec: { image: 'a' }, status: 'pending' };
const INSTANCE = { instanceId: 'i1', name: 'My Echo', jsonSpec: { image: 'a' } };

function read(value: unknown) {
  return readInstanceList(Buffer.from(JSON.stringify(value)));
}

test("core's list is read, where the id is called id", () => {
  const more = { server_spec_id: 's1', workspace_id: 'w1', description: null, created_at: 'x' };

  expect(read([ENTRY, { ...ENTRY, ...more, id: 'i2' }])).toEqual({
    ok: true,
    instances: [INSTANCE, { ...INSTANCE, instanceId: 'i2', serverSpecId: 's1', workspaceId: 'w1' }],
    malformed: [],
    unreadable: 0,
  });
  expect(read([])).toEqual({ ok: true, instances: [], malformed: [], unreadable: 0 });
});

test('an older spelling of the id wins, as it does in messages', () => {
  expect(read([{ ...ENTRY, id: 'other', instance_id: 'i1' }])).toMatchObject({
    instances: [{ instanceId: 'i1' }],
  });
});

test('what core calls deleted is not in the list, and of what it calls stopped or failed that is known', () => {
  const statuses = [
    'deleted',
    'stopped',
    'failed',
    'pending',
    'starting',
    'running',
    'new',
    null,
    7,
  ];
  const entries = statuses.map((status, at) => ({ ...ENTRY, id: `i${at}`, status }));
  const listed = read([...entries, { status: 'deleted' }]);
  expect(listed).toMatchObject({ ok: true, unreadable: 0 });
  const standings = listed.ok && listed.instances.map((one) => [one.instanceId, one.standing]);
  expect(standings).toEqual([
    ['i1', 'stopped'],
    ['i2', 'failed'],
    ...['i3', 'i4', 'i5', 'i6', 'i7', 'i8'].map((id) => [id, undefined]),
  ]);
});

test('entries without an id are counted, so that nobody takes the list for complete', () => {
  expect(read([ENTRY, null, 'x', { name: 'A' }, { ...ENTRY, id: 7 }])).toEqual({
    ok: true,
    instances: [INSTANCE],
    malformed: [],
    unreadable: 4,
  });
});

test('of an entry with an id that says too little the rest is known as what is wrong with it', () => {
  const odd = { ...ENTRY, id: 'i3', json_spec: null };
  expect(read([{ id: 'i2' }, odd])).toEqual({
    ok: true,
    instances: [],
    malformed: [
      { instanceId: 'i2', cause: 'its name is no text of 1 to 256 characters' },
      { instanceId: 'i3', cause: 'its json_spec is no object' },
    ],
    unreadable: 0,
  });
});

test.each([
  ['no list', '{"items": []}', 'it is no list'],
  ['no JSON', '<html>', 'it is no JSON'],
  ['nested too deeply', '['.repeat(100), 'it is nested deeper than 32 levels'],
])('an answer that is %s is no list', (_what, text, cause) => {
  expect(readInstanceList(Buffer.from(text))).toEqual({ ok: false, cause });
});
