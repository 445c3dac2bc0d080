import { expect, test } from 'vitest';
import { digestOf } from '../../src/model/canonical.ts';
import type { DeclareRequest } from '../../src/model/declaration.ts';
import { somePlan } from '../http/fake-control.ts';
import { fleet } from '../desired/load-texts.ts';
import { codeOf, open } from './declared-texts.ts';

test('what is written is read back under the same etag', async () => {
  const { control, declare, told } = open();
  const { kind, declared } = await declare();
  expect(kind).toBe('created');
  const { etag, fields } = await control.declared('echo');
  expect(declared).toMatchObject({ etag, fields: { image: 'x' } });
  expect(fields).toEqual({ image: 'x' });
  expect(told).toEqual(['written echo']);
  expect(await declare()).toMatchObject({ kind: 'unchanged', declared });
});

test('a service of somebody else stays, and its owner is named with file and line', async () => {
  const text = fleet('  echo: {image: x}\n');
  const { declare, files, told } = open({ 'team/a.yaml': text });
  const failure = await declare().catch((error: unknown) => error);
  expect(failure).toMatchObject({
    code: 'DECLARED_ELSEWHERE',
    message: 'echo belongs to people: team/a.yaml:3',
    hint: expect.stringContaining('mcp-manager transfer echo --to api'),
  });
  expect([files.get('team/a.yaml'), told]).toEqual([text, []]);
});

test('what is wrong changes nothing, and tells every mistake', async () => {
  const { declare, files, kept } = open();
  const fields = { image: 'x', port: 0, env: { API_KEY: 'planted' }, extra: 1 };
  const failure = await declare({ change: { kind: 'put', fields } }).catch(
    (error: unknown) => error,
  );
  expect(failure).toMatchObject({
    code: 'DOCUMENT_INVALID',
    problems: [{ code: 'VALUE_RANGE' }, { code: 'KEY_UNKNOWN' }],
  });
  expect(String(failure)).not.toContain('planted');
  expect([files.size, kept.size]).toEqual([0, 0]);
});

test('a write reads the folder once before it, so that all of it is made for the same documents', async () => {
  const { control, declare, declareAll, documents } = open();
  const { read } = documents;
  let reads = 0;
  documents.read = (signal) => {
    reads += 1;
    return read(signal);
  };
  await declare();
  await control.transfer({ service: 'echo', to: 'core', by: 'ada' });
  await declareAll([{ service: 'echo', origin: 'core', change: { kind: 'delete' } }], 'core');
  expect(reads).toBe(3);
});

test('a dry run answers the plan and writes nothing', async () => {
  const { declare, files, told } = open();
  expect(await declare({ dryRun: true })).toMatchObject({ kind: 'created', plan: somePlan() });
  expect([files.size, told]).toEqual([0, []]);
});

test('a client and the platform that each take the last place at once do not both get it', async () => {
  const { declare, declareAll, files } = open({}, { most: 1 });
  const change = { kind: 'put', fields: { image: 'x' } } as const;
  const [client, platform] = await Promise.all([
    codeOf(declare({ service: 'mine' })),
    declareAll([{ service: 'own', origin: 'core', change }], 'core'),
  ]);
  const refused = [...platform.values()].map(({ code }) => code);
  expect([client, refused]).toEqual(['done', ['LIMIT_REACHED']]);
  expect([...files.keys()]).toEqual(['api/mine.yaml']);
});

test.each<[string, (opened: ReturnType<typeof open>) => Promise<unknown>]>([
  ['removed', ({ declare }) => declare({ change: { kind: 'delete' } })],
  ['changed', ({ declare }) => declare({ change: { kind: 'merge', fields: { port: 80 } } })],
  ['written anew', ({ declare }) => declare()],
  ['handed over', ({ control }) => control.transfer({ service: 'echo', to: 'core', by: 'ada' })],
  ['read', ({ control }) => control.declared('echo')],
])('a service whose document cannot be read is not gone, and is not %s', async (_what, act) => {
  const opened = open({ 'team/a.yaml': fleet('  echo: {image: x}\n') });
  expect((await opened.control.declared('echo')).origin).toBe('file');
  opened.files.set('team/a.yaml', 'services: [');
  await expect(act(opened)).rejects.toMatchObject({
    code: 'DOCUMENTS_UNREADABLE',
    message: expect.stringContaining('team/a.yaml:1'),
    hint: expect.stringContaining('mend the file'),
  });
  expect([...opened.files]).toEqual([['team/a.yaml', 'services: [']]);
  expect(opened.told).toEqual([]);
});

test('who is of another workspace is not told whose document cannot be read', async () => {
  const { control, declare, files } = open({
    'api/echo.yaml': fleet('  echo: {image: x, platform: {workspaceId: w1}}\n'),
  });
  await control.declared('echo');
  files.set('api/echo.yaml', 'services: [');
  const removing = { change: { kind: 'delete' } } as const;
  expect(await codeOf(declare({ ...removing, workspace: 'w2' }))).toBe('SERVICE_UNKNOWN');
  expect(await codeOf(declare({ ...removing, workspace: 'w1' }))).toBe('DOCUMENTS_UNREADABLE');
});

test('a secret in clear is kept before the document that names it, and gives way to a newer one', async () => {
  const { declare, files, kept } = open();
  for (const API_KEY of ['planted-1', 'planted-2']) {
    await declare({ change: { kind: 'put', fields: { image: 'x', env: { API_KEY } } } });
  }
  expect([...kept]).toEqual([['file:api/echo/env-api_key', 'planted-2']]);
  expect([...files.values()].join()).not.toContain('planted');
});

test('what stood there in clear is kept as a secret with the next write', async () => {
  const text = fleet('  echo: {image: x, env: {DB_PW: planted-1}}\n');
  const { declare, files, kept } = open({ 'api/echo.yaml': text });
  await declare({ change: { kind: 'merge', fields: { port: 80 } } });
  expect([...kept]).toEqual([['file:api/echo/env-db_pw', 'planted-1']]);
  expect([...files.values()].join()).not.toContain('planted');
});

test.each<[string, Partial<DeclareRequest>, string]>([
  ['was changed since', { ifMatch: ['e1-other'] }, 'PRECONDITION_FAILED'],
  ['shall be new', { ifNew: true }, 'PRECONDITION_FAILED'],
  ['has another owner', { origin: 'core' }, 'DECLARED_ELSEWHERE'],
])('where the service %s, its stored secret stays', async (_why, refused, code) => {
  const { declare, kept } = open();
  await declare({ change: withSecret('planted-1') });
  expect(await codeOf(declare({ change: withSecret('planted-2'), ...refused }))).toBe(code);
  expect([...kept.values()]).toEqual(['planted-1']);
});

test('who only tries out waits for nobody who writes, and nobody for it', async () => {
  const { declare, inTurn } = open();
  const { promise, resolve } = Promise.withResolvers<void>();
  const writing = inTurn(() => promise);
  expect(await codeOf(declare({ dryRun: true }))).toBe('done');
  resolve();
  await writing;
});

test('the etag of what people have in clear changes with it, and gives it away to nobody who tries all', async () => {
  const { control, files } = open({ 'echo.yaml': withPin('4711') });
  const { etag, fields } = await control.declared('echo');
  expect(fields).toEqual({ image: 'x', env: { PIN: '[REDACTED]' } });
  files.set('echo.yaml', withPin('4712'));
  expect((await control.declared('echo')).etag).not.toBe(etag);
  const guess = { file: 'echo.yaml', fields: { image: 'x', env: { PIN: '4711' } } };
  expect(etag).not.toBe(`e1-${digestOf(guess)}`);
});

function withPin(pin: string): string {
  return fleet(`  echo: {image: x, env: {PIN: "${pin}"}}\n`);
}

function withSecret(API_KEY: string): DeclareRequest['change'] {
  return { kind: 'put', fields: { image: 'x', env: { API_KEY } } };
}

test('of two that write what they read, one wins and the other is told', async () => {
  const { control, declare } = open();
  await declare();
  const { etag } = await control.declared('echo');
  const write = (port: number) =>
    codeOf(declare({ ifMatch: [etag], change: { kind: 'merge', fields: { port } } }));
  const ends = await Promise.all([write(1), write(2)]);
  expect(ends).toEqual(['done', 'PRECONDITION_FAILED']);
  expect(await control.declared('echo')).toMatchObject({ fields: { image: 'x', port: 1 } });
});

test('what is to be changed and is not there is not made', async () => {
  const { declare, files } = open();
  expect(await codeOf(declare({ change: { kind: 'merge', fields: { image: 'x' } } }))).toBe(
    'SERVICE_UNKNOWN',
  );
  expect(files.size).toBe(0);
});

test('a thousand writes to one service at once are all answered, and leave one document', async () => {
  const { declare, files } = open();
  const writes = Array.from({ length: 1_000 }, (_, port) =>
    declare({ change: { kind: 'put', fields: { image: 'x', port: port + 1 } } }),
  );
  const kinds = (await Promise.all(writes)).map(({ kind }) => kind);
  expect(kinds.filter((kind) => kind === 'created')).toHaveLength(1);
  expect(kinds.filter((kind) => kind === 'changed')).toHaveLength(999);
  expect([...files.keys()]).toEqual(['api/echo.yaml']);
  expect(files.get('api/echo.yaml')?.match(/port:/g)).toEqual(['port:']);
});

test('two who change a secret after the same look do not both do it', async () => {
  const { control, declare, kept } = open();
  await declare({ change: { kind: 'put', fields: { image: 'x', env: { API_KEY: 'planted-0' } } } });
  const { etag } = await control.declared('echo');
  const first = await declare({ change: withKey('planted-1'), ifMatch: [etag] });
  expect(first.declared?.etag).toBe((await control.declared('echo')).etag);
  const second = declare({ change: withKey('planted-2'), ifMatch: [etag] });
  expect(await codeOf(second)).toBe('PRECONDITION_FAILED');
  expect([...kept.values()]).toEqual(['planted-1']);
  const next = { change: withKey('planted-2'), ifMatch: [first.declared?.etag ?? ''] };
  expect(await codeOf(declare(next))).toBe('done');
});

test('one too many is told in the words of the platform, one by one and in a batch', async () => {
  const { declare, declareAll, files } = open({}, { most: 1 });
  await declare();
  const told = 'maximum container limit reached (1)';
  await expect(declare({ service: 'other' })).rejects.toMatchObject({
    code: 'LIMIT_REACHED',
    message: told,
  });
  const change = { kind: 'put', fields: { image: 'x' } } as const;
  const refused = await declareAll([{ service: 'other', origin: 'core', change }], 'core');
  expect(refused.get('other')).toMatchObject({ code: 'LIMIT_REACHED', message: told });
  expect([...files.keys()]).toEqual(['api/echo.yaml']);
});

test('a service that goes to a workspace without a place stays where it is', async () => {
  const { declare, files } = open({}, { mostPerWorkspace: 1 });
  await declare({ change: { kind: 'put', fields: inWorkspace('w1') } });
  await declare({ service: 'other', change: { kind: 'put', fields: inWorkspace('w2') } });
  const before = new Map(files);
  for (const kind of ['put', 'merge'] as const) {
    expect(await codeOf(declare({ change: { kind, fields: inWorkspace('w2') } }))).toBe(
      'LIMIT_REACHED',
    );
  }
  expect(files).toEqual(before);
});

function withKey(value: string) {
  return { kind: 'merge', fields: { env: { API_KEY: value } } } as const;
}

function inWorkspace(workspaceId: string) {
  return { image: 'x', platform: { workspaceId } };
}
