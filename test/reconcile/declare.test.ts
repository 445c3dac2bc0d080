import { expect, test } from 'vitest';
import type { DeclareRequest } from '../../src/model/declaration.ts';
import { createDeclarer } from '../../src/desired/declare.ts';
import { createChecks, createLoader } from '../../src/desired/load.ts';
import { AppError } from '../../src/errors.ts';
import type { Documents } from '../../src/ports.ts';
import { createDeclareControl } from '../../src/reconcile/control-declare.ts';
import { somePlan } from '../http/fake-control.ts';
import { fleet } from '../desired/load-texts.ts';

const POLICY = { allowRoot: false, allowedImages: [], allowedVolumeRoots: [] };
const SETTINGS = { runtime: 'memory', runtimes: ['memory'], policy: POLICY };
const checks = createChecks();

/** Documents in memory, written as a folder is: compared with what was read. */
function openTexts(texts: Record<string, string>) {
  const files = new Map(Object.entries(texts));
  const documents: Pick<Documents, 'read' | 'write'> = {
    read: () =>
      Promise.resolve({
        ok: true,
        documentsFolder: '/desired',
        templatesFolder: '/templates',
        documents: [...files].map(([file, text]) => ({ file, text })),
        templates: [],
      }),
    write(file, expected, text) {
      if (files.get(file) !== expected) {
        return Promise.reject(new AppError('DOCUMENT_CHANGED', `${file} was changed`));
      }
      if (text === undefined) files.delete(file);
      else files.set(file, text);
      return Promise.resolve();
    },
  };
  return { files, documents };
}

function open(texts: Record<string, string> = {}) {
  const { files, documents } = openTexts(texts);
  const load = createLoader(SETTINGS, checks);
  const told: string[] = [];
  const kept = new Map<string, string>();
  let desired = load({ ok: false, cause: 'not read yet' });
  const control = createDeclareControl({
    documents: { ...documents, watch: () => {}, ensureManagerId: (id) => Promise.resolve(id) },
    secrets: {
      versions: async () => new Map(),
      resolve: async () => new Map(),
      keep: async (values) => values.forEach((value, reference) => kept.set(reference, value)),
    },
    declarer: createDeclarer(SETTINGS, checks),
    desired: () => desired,
    limit: {},
    refresh: async () => {
      desired = load(await documents.read(new AbortController().signal));
    },
    planWith: async () => somePlan(),
    written: async ({ service }) => void told.push(`written ${service}`),
    letGo: async ({ service }) => void told.push(`let go ${service}`),
  });
  const declare = (more: Partial<DeclareRequest> = {}) =>
    control.declare({
      service: 'echo',
      origin: 'api',
      by: 'ada',
      change: { kind: 'put', fields: { image: 'x' } },
      ...more,
    });
  return { control, declare, files, told, kept };
}

const codeOf = (doing: Promise<unknown>) =>
  doing.then(
    () => 'done',
    (error: unknown) => (error instanceof AppError ? error.code : error),
  );

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

test.each<[string, Partial<DeclareRequest>, string]>([
  ['there is one', { ifNew: true }, 'PRECONDITION_FAILED'],
  ['it was changed since', { ifMatch: ['e1-other'] }, 'PRECONDITION_FAILED'],
  ['any will do', { ifMatch: 'any' }, 'done'],
])('where %s, a condition is followed', async (_name, condition, code) => {
  const { declare } = open({ 'api/echo.yaml': fleet('  echo: {image: x}\n') });
  expect(await codeOf(declare(condition))).toBe(code);
  expect(await codeOf(declare({ service: 'other', ifMatch: 'any' }))).toBe('PRECONDITION_FAILED');
});

test('a dry run answers the plan and writes nothing', async () => {
  const { declare, files, told } = open();
  expect(await declare({ dryRun: true })).toMatchObject({ kind: 'created', plan: somePlan() });
  expect([files.size, told]).toEqual([0, []]);
});

test('a service is let go by its name before its document goes', async () => {
  const { declare, files, told } = open({ 'api/echo.yaml': fleet('  echo: {image: x}\n') });
  expect(await declare({ change: { kind: 'delete' } })).toEqual({ kind: 'deleted' });
  expect(files.size).toBe(0);
  expect(told).toEqual(['let go echo', 'written echo']);
  expect(await codeOf(declare({ change: { kind: 'delete' } }))).toBe('SERVICE_UNKNOWN');
});

test('a secret in clear is kept before the document that names it, and gives way to a newer one', async () => {
  const { declare, files, kept } = open();
  for (const API_KEY of ['planted-1', 'planted-2']) {
    await declare({ change: { kind: 'put', fields: { image: 'x', env: { API_KEY } } } });
  }
  expect([...kept]).toEqual([['file:api/echo/env-api_key', 'planted-2']]);
  expect([...files.values()].join()).not.toContain('planted');
});

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
