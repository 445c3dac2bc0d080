import { expect, test } from 'vitest';
import { createDeclarer } from '../../src/desired/declare.ts';
import { createChecks } from '../../src/desired/load.ts';
import { createTemplateReader } from '../../src/desired/template-reader.ts';
import { AppError } from '../../src/errors.ts';
import { createTemplateControl } from '../../src/reconcile/control-templates.ts';
import { createOneAtATime } from '../../src/reconcile/one-at-a-time.ts';
import { ECHO, fleet } from '../desired/load-texts.ts';
import { codeOf } from './declared-texts.ts';

const POLICY = { allowRoot: false, allowedImages: [], allowedVolumeRoots: [] };
const SETTINGS = { runtime: 'memory', runtimes: ['memory', 'process'], policy: POLICY };
const checks = createChecks();
const USES = fleet('  echo: {template: echo, with: {greeting: hi}}\n');

function open(
  texts: Record<string, string> = { 'echo.json': ECHO },
  documents: Record<string, string> = { 'a.yaml': USES },
) {
  const files = new Map(Object.entries(texts));
  const woken: string[] = [];
  const inTurn = createOneAtATime();
  const control = createTemplateControl({
    documents: {
      read: async () => ({
        ok: true,
        documentsFolder: '/desired',
        templatesFolder: '/templates',
        documents: toFiles(Object.entries(documents)),
        templates: toFiles(files),
      }),
      async writeTemplate(file, expected, text) {
        if (files.get(file) !== expected) throw new AppError('DOCUMENT_CHANGED', file);
        if (text === undefined) files.delete(file);
        else files.set(file, text);
      },
      write: async () => {},
      watch: () => {},
      ensureManagerId: async (id) => id,
    },
    declarer: createDeclarer(SETTINGS, checks),
    templateReader: createTemplateReader(SETTINGS, checks),
    accepted: () => new Map(),
    inTurn,
    templateWritten: () => void woken.push('woken'),
  });
  return { control, files, woken, inTurn };
}

test('a template shows nothing in clear that looks secret, and takes nothing of the kind', async () => {
  const text = JSON.stringify({ image: 'x', env: { API_KEY: 'planted', LEVEL: 'info' } });
  const { control, files } = open({ 'keyed.json': text });
  const shown = await control.template('keyed');
  expect(JSON.parse(shown.text)).toEqual({
    image: 'x',
    env: { API_KEY: '[REDACTED]', LEVEL: 'info' },
  });
  const rendered = await control.renderTemplate({ name: 'keyed', with: {} });
  expect(JSON.stringify(rendered)).not.toContain('planted');
  const change = { name: 'keyed', text: shown.text.replace('info', 'debug') };
  await control.writeTemplate(change);
  expect(JSON.parse(files.get('keyed.json') ?? '')).toEqual({
    image: 'x',
    env: { API_KEY: 'planted', LEVEL: 'debug' },
  });
  for (const [value, code] of [
    ['new', 'SECRET_IN_CLEAR'],
    ['[REDACTED]', 'VALUE_FORMAT'],
  ]) {
    const wrong = { name: 'other', text: JSON.stringify({ image: 'x', env: { API_KEY: value } }) };
    await expect(control.writeTemplate(wrong)).rejects.toMatchObject({ problems: [{ code }] });
  }
  expect([...files.keys()]).toEqual(['keyed.json']);
});

test('what a parameter that looks secret is filled in for is not shown either', async () => {
  const text = JSON.stringify({
    image: 'x',
    command: ['serve', '${api_key}', '--mode=${mode}'],
    parameters: {
      properties: { api_key: { type: 'string', default: 'planted' }, mode: { default: 'plain' } },
    },
  });
  const { control } = open({ 'keyed.json': text });
  const { fields } = await control.renderTemplate({ name: 'keyed', with: {} });
  expect(fields).toMatchObject({ command: ['serve', '(secret)', '--mode=plain'] });
  const given = { name: 'keyed', with: { api_key: 'planted-too' } };
  expect(JSON.stringify(await control.renderTemplate(given))).not.toContain('planted');
});

test('nothing is shown of a key that stands twice in a template', async () => {
  const text = '{"image": "x", "env": {"API_KEY": "planted", "API_KEY": {"secret": "/a#B"}}}';
  const { control } = open({ 'keyed.json': text });
  expect((await control.template('keyed')).text).not.toContain('planted');
});

test('a template that is written is found, listed and used, and its etag follows it', async () => {
  const { control, files, woken } = open();
  const text = '{"description": "says hi", "image": "x"}';
  const made = await control.writeTemplate({ name: 'plain', text });
  expect(made).toMatchObject({ kind: 'created', template: { file: 'plain.json' } });
  expect([files.get('plain.json'), woken.length]).toEqual([text, 1]);
  const { etag } = await control.template('plain');
  expect(etag).toBe(made.template?.etag);
  expect(await control.writeTemplate({ name: 'plain', text })).toMatchObject({ kind: 'unchanged' });
  expect(await control.templates()).toMatchObject([
    { name: 'echo', problems: [] },
    { name: 'plain', description: 'says hi', etag },
  ]);
  expect((await control.templates())[0]).not.toHaveProperty('text');
});

test.each([
  [
    'runs elsewhere by its overlay',
    { runtime: 'process' },
    { command: ['node', 'echo/server.ts', '--port', '${port}'] },
  ],
  ['has what its parameter says', { with: { greeting: 'hi' } }, { env: { GREETING: 'hi' } }],
  ['has its defaults', {}, { image: 'mcp/echo:latest', env: { GREETING: 'Echo' } }],
])('what a service has from a template %s', async (_what, asked, fields) => {
  const { control } = open();
  const rendered = await control.renderTemplate({ name: 'echo', with: {}, ...asked });
  expect(rendered).toMatchObject({ name: 'echo', fields });
  expect(rendered.fields).not.toHaveProperty('template');
});

test('parameters that the template does not have are told', async () => {
  const { control } = open();
  const rendering = control.renderTemplate({ name: 'echo', with: { greting: 'hi' } });
  await expect(rendering).rejects.toMatchObject({
    code: 'DOCUMENT_INVALID',
    problems: [{ code: 'PARAMETER_UNKNOWN', file: 'echo.json' }],
  });
});

test.each<[string, Parameters<ReturnType<typeof open>['control']['writeTemplate']>[0], string]>([
  ['is none', { name: 'plain', text: '{"image": ' }, 'DOCUMENT_INVALID'],
  ['names what it has not', { name: 'plain', text: '{"image": "${x}"}' }, 'DOCUMENT_INVALID'],
  ['takes from a service what it needs', { name: 'echo', text: '{"image": "x"}' }, 'REFUSED'],
  ['goes from under a service', { name: 'echo' }, 'REFUSED'],
  ['is not there and shall go', { name: 'plain' }, 'TEMPLATE_NOT_FOUND'],
  ['is there and shall be new', { name: 'echo', text: ECHO, ifNew: true }, 'PRECONDITION_FAILED'],
  ['was changed', { name: 'echo', text: ECHO, ifMatch: ['t1-other'] }, 'PRECONDITION_FAILED'],
  [
    'is not there and shall be',
    { name: 'plain', text: ECHO, ifMatch: 'any' },
    'PRECONDITION_FAILED',
  ],
])('a template that %s is not written', async (_how, write, code) => {
  const { control, files, woken } = open();
  expect(await codeOf(control.writeTemplate(write))).toBe(code);
  expect([...files, woken.length]).toEqual([['echo.json', ECHO], 0]);
});

test('a template is not written for who has it already', async () => {
  const { control } = open();
  const { etag } = await control.template('echo');
  const write = { name: 'echo', text: ECHO };
  expect(await codeOf(control.writeTemplate({ ...write, ifNoneMatch: [etag] }))).toBe(
    'PRECONDITION_FAILED',
  );
  expect(await codeOf(control.writeTemplate({ ...write, ifNoneMatch: ['t1-a'] }))).toBe('done');
});

test('a template that nobody uses goes', async () => {
  const { control, files } = open({ 'echo.json': ECHO, 'plain.json': '{"image": "x"}' });
  const { etag } = await control.template('plain');
  expect(await control.writeTemplate({ name: 'plain', ifMatch: [etag] })).toEqual({
    kind: 'deleted',
  });
  expect([...files.keys()]).toEqual(['echo.json']);
});

test('a template does not go from under a service that is just being written', async () => {
  const documents: Record<string, string> = {};
  const { control, files, inTurn } = open({ 'echo.json': ECHO }, documents);
  const writing = Promise.withResolvers<void>();
  const written = inTurn(async () => {
    await writing.promise;
    documents['a.yaml'] = USES;
  });
  const going = codeOf(control.writeTemplate({ name: 'echo' }));
  await control.templates();
  writing.resolve();
  await written;
  expect(await going).toBe('REFUSED');
  expect([...files.keys()]).toEqual(['echo.json']);
});

test('a service that was wrong already holds no template back', async () => {
  const { control } = open(
    { 'echo.json': ECHO },
    { 'a.yaml': fleet('  echo: {template: nothing}\n') },
  );
  expect(await control.writeTemplate({ name: 'echo' })).toEqual({ kind: 'deleted' });
});

test('a broken file is listed with what is wrong', async () => {
  const { control } = open({ 'broken.json': '{' });
  expect(await control.templates()).toMatchObject([
    { name: 'broken', problems: [{ code: 'TEMPLATE_SYNTAX' }] },
  ]);
});

function toFiles(entries: Iterable<readonly [string, string]>) {
  return [...entries].map(([file, text]) => ({ file, text }));
}
