import { expect, test } from 'vitest';
import { AppError } from '../../src/errors.ts';
import type { DeclareRequest } from '../../src/model/declaration.ts';
import { fleet } from '../desired/load-texts.ts';
import { codeOf, open } from './declared-texts.ts';

const ECHO = fleet('  echo: {image: x}\n');
const DELETION = { change: { kind: 'delete' } } as const;

test('a service is let go by its name before its document goes', async () => {
  const { declare, files, told, store, documents } = open({ 'api/echo.yaml': ECHO });
  const { write } = documents;
  documents.write = async (...args) => {
    expect(store.requests()).toMatchObject([{ kind: 'remove', service: 'echo', by: 'ada' }]);
    await write(...args);
  };
  expect(await declare(DELETION)).toEqual({ kind: 'deleted' });
  expect(files.size).toBe(0);
  expect(store.requests()).toHaveLength(1);
  expect(told).toEqual(['written echo']);
  expect(await codeOf(declare(DELETION))).toBe('SERVICE_UNKNOWN');
});

test('a protected service stays, and nothing is asked for it', async () => {
  const text = fleet('  echo: {image: x, protected: true}\n');
  const { declare, files, store } = open({ 'api/echo.yaml': text });
  await expect(declare(DELETION)).rejects.toMatchObject({ code: 'REFUSED' });
  expect([files.size, store.requests()]).toEqual([1, []]);
});

test.each(['STATE_UNWRITABLE', 'DOCUMENT_CHANGED'] as const)(
  'where a document stays after all (%s), nobody has approved that its service goes',
  async (code) => {
    const { declare, declareAll, documents, store } = open({
      'api/echo.yaml': ECHO,
      'core/far.yaml': fleet('  far: {image: x}\n'),
    });
    documents.write = () => Promise.reject(new AppError(code, 'it was not written'));
    expect(await codeOf(declare(DELETION))).toBe(code);
    const wish = { service: 'far', origin: 'core', ...DELETION } as const;
    await declareAll([wish], 'core').catch(() => 'to be tried again');
    expect(store.requests()).toEqual([]);
  },
);

test('where the document cannot be written after all, the stored secret is as it was', async () => {
  const { declare, kept, documents } = open();
  await declare({ change: withSecret('planted-1') });
  documents.write = () => Promise.reject(new AppError('DOCUMENT_CHANGED', 'it was changed'));
  const change = { kind: 'put', fields: { image: 'y', env: { API_KEY: 'planted-2' } } } as const;
  expect(await codeOf(declare({ change }))).toBe('DOCUMENT_CHANGED');
  expect([...kept.values()]).toEqual(['planted-1']);
});

test('where a new document cannot be written, no secret of it is left, alone or among many', async () => {
  const { declare, declareAll, kept, documents } = open();
  documents.write = () => Promise.reject(new AppError('DOCUMENT_CHANGED', 'it was changed'));
  expect(await codeOf(declare({ change: withSecret('planted-1') }))).toBe('DOCUMENT_CHANGED');
  const wish = { service: 'far', origin: 'core', change: withSecret('planted-2') } as const;
  const refused = await declareAll([wish], 'core').catch(() => 'to be tried again');
  expect([refused, [...kept.values()]]).toEqual([expect.anything(), []]);
});

test('where one secret cannot be kept, the others are as they were', async () => {
  const { declare, kept, secrets } = open();
  await declare({ change: withSecret('planted-1') });
  const env = { API_KEY: 'planted-2', NEW_KEY: 'planted-3', LAST_KEY: 'planted-4' };
  breakAt(secrets, 'last_key');
  const change = { kind: 'put', fields: { image: 'x', env } } as const;
  expect(await codeOf(declare({ change }))).toBe('STATE_UNWRITABLE');
  expect([...kept]).toEqual([['file:api/echo/env-api_key', 'planted-1']]);
});

test.each([
  ['secrets of a later service cannot be kept', ['one', 'two']],
  ['the removal of another cannot be stored', ['one', 'old']],
])('where %s, no secret of the whole batch is left', async (_why, services) => {
  const { declareAll, kept, secrets, store, files } = open({
    'core/old.yaml': fleet('  old: {image: x}\n'),
  });
  breakAt(secrets, '/two/');
  store.commit = () => {
    throw new AppError('STATE_UNWRITABLE', 'the disk is full');
  };
  const wishes = services.map((service) => {
    const change = service === 'old' ? DELETION.change : withSecret('planted-1');
    return { service, origin: 'core', change } as const;
  });
  await expect(declareAll(wishes, 'core')).rejects.toMatchObject({ code: 'STATE_UNWRITABLE' });
  expect([[...kept], [...files.keys()]]).toEqual([[], ['core/old.yaml']]);
});

/** As a disk that is full from there on. */
function breakAt(secrets: ReturnType<typeof open>['secrets'], part: string): void {
  const { keep } = secrets;
  secrets.keep = async (values, ...rest) => {
    for (const [reference, value] of values) {
      if (reference.includes(part)) throw new AppError('STATE_UNWRITABLE', 'the disk is full');
      await keep(new Map([[reference, value]]), ...rest);
    }
  };
}

function withSecret(API_KEY: string): DeclareRequest['change'] {
  return { kind: 'put', fields: { image: 'x', env: { API_KEY } } };
}
