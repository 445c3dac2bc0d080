import { expect, test } from 'vitest';
import { fleet } from '../desired/load-texts.ts';
import { codeOf, open } from './declared-texts.ts';

const TEAM = fleet('  echo:\n    image: x\n    port: 80\n  other: {image: y} # stays\n');
const hand = { service: 'echo', by: 'ada' } as const;

test('a service that people own becomes one of the API, and keeps its address', async () => {
  const { control, files, told } = open({ 'team.yaml': TEAM });
  const result = await control.transfer({ ...hand, to: 'api' });
  expect(result).toMatchObject({ kind: 'changed', declared: { file: 'api/echo.yaml' } });
  expect(await control.declared('echo')).toMatchObject({
    origin: 'api',
    fields: { image: 'x', port: 80, slug: 'echo' },
    etag: result.declared?.etag,
  });
  expect(files.get('team.yaml')).toBe(fleet('  other: {image: y} # stays\n'));
  expect(told).toEqual(['written echo']);
});

test.each(['file', 'core'] as const)('one of the API goes to %s and back', async (to) => {
  const { control, declare, files, current } = open();
  await declare();
  const before = new Map(files);
  const slug = () => current().services[0]?.slug;
  await control.declared('echo');
  const address = slug();
  await control.transfer({ ...hand, to });
  expect(await control.declared('echo')).toMatchObject({ origin: to });
  expect([files.size, slug()]).toEqual([1, address]);
  await control.transfer({ ...hand, to: 'api' });
  expect(await control.declared('echo')).toMatchObject({ origin: 'api' });
  expect([files, slug()]).toEqual([before, address]);
});

test.each([
  [{ ifMatch: ['e1-other'] }, 'PRECONDITION_FAILED'],
  [{ ifNew: true }, 'PRECONDITION_FAILED'],
  [{ ifMatch: 'any' }, 'done'],
] as const)('under the condition %j a transfer ends as %s', async (condition, end) => {
  const { control, files } = open({ 'team.yaml': TEAM });
  expect(await codeOf(control.transfer({ ...hand, to: 'api', ...condition }))).toBe(end);
  expect(files.has('api/echo.yaml')).toBe(end === 'done');
});

test('what was read is handed over as it was read, or not at all', async () => {
  const { control } = open({ 'team.yaml': TEAM });
  const { etag } = await control.declared('echo');
  const ifMatch = [etag];
  await control.transfer({ ...hand, to: 'api', ifMatch });
  expect(await codeOf(control.transfer({ ...hand, to: 'file', ifMatch }))).toBe(
    'PRECONDITION_FAILED',
  );
});

test('the comments within a service, and the way it is written, go with it', async () => {
  const text = [
    'apiVersion: mcp-manager/v1',
    'services:',
    '    # stays here',
    '    echo: # the first',
    '        image: x   # pinned by ada',
    '',
    '        env:',
    '            # read by everybody',
    '            API_KEY: planted # rotate it',
    '            TEXT: |',
    '                two',
    '                  lines',
    '    other: {image: y}',
    '',
  ].join('\n');
  const { control, files } = open({ 'team.yaml': text });
  await control.transfer({ ...hand, to: 'api' });
  expect(files.get('api/echo.yaml')?.split('\n').slice(2)).toEqual([
    'apiVersion: mcp-manager/v1',
    'services:',
    '  echo: # the first',
    '      image: x   # pinned by ada',
    '',
    '      env:',
    '        API_KEY:',
    '          secret: file:api/echo/env-api_key',
    '        TEXT: |',
    '          two',
    '            lines',
    '      slug: echo',
    '',
  ]);
  expect(files.get('team.yaml')).toContain('# stays here\n    other: {image: y}');
});

test('what people wrote in clear and looks secret is kept apart once a program owns it', async () => {
  const text = fleet('  echo: {image: x, env: {API_KEY: planted}}\n');
  const { control, files, kept } = open({ 'team.yaml': text });
  expect((await control.declared('echo')).fields).toEqual({
    image: 'x',
    env: { API_KEY: '[REDACTED]' },
  });
  const secret = 'file:api/echo/env-api_key';
  expect(await control.transfer({ ...hand, to: 'api' })).toMatchObject({
    declared: { fields: { env: { API_KEY: { secret } } } },
  });
  expect([...kept]).toEqual([[secret, 'planted']]);
  expect([...files.values()].join()).not.toContain('planted');
});

test('who owns it already owns it still', async () => {
  const { control, files } = open({ 'team.yaml': TEAM });
  expect(await control.transfer({ ...hand, to: 'file' })).toMatchObject({
    kind: 'unchanged',
    declared: { file: 'team.yaml' },
  });
  expect([...files]).toEqual([['team.yaml', TEAM]]);
});

test('what nobody declared, and what is in the way, is told', async () => {
  const inTheWay = fleet('  another: {image: z}\n');
  const { control, files } = open({ 'team.yaml': TEAM, 'api/echo.yaml': inTheWay });
  expect(await codeOf(control.transfer({ ...hand, service: 'nobody', to: 'api' }))).toBe(
    'SERVICE_UNKNOWN',
  );
  await expect(control.transfer({ ...hand, to: 'api' })).rejects.toMatchObject({
    code: 'DOCUMENT_INVALID',
    problems: [{ code: 'EDIT_REFUSED', file: 'api/echo.yaml' }],
  });
  expect(files.get('team.yaml')).toBe(TEAM);
});

test('between its two writes nothing changes; that it stands twice is told, and asked again it ends', async () => {
  const { control, documents, files, current, restart } = open({ 'team.yaml': TEAM });
  await control.declared('echo');
  const { write } = documents;
  let writes = 0;
  documents.write = (file, expected, text) => {
    writes += 1;
    return writes === 2 ? Promise.reject(new Error('killed')) : write(file, expected, text);
  };
  expect(await codeOf(control.transfer({ ...hand, to: 'api' }))).not.toBe('done');
  documents.write = write;
  expect([...files.keys()]).toEqual(['team.yaml', 'api/echo.yaml']);

  restart();
  expect(await control.declared('echo')).toMatchObject({ place: { file: 'team.yaml' } });
  const { services, problems } = current();
  expect(services.find(({ name }) => name === 'echo')).toMatchObject({ slug: 'echo' });
  expect(problems).toMatchObject([{ service: 'echo' }]);
  expect(JSON.stringify(problems)).toMatch(
    /team\.yaml.*api\/echo\.yaml|api\/echo\.yaml.*team\.yaml/,
  );

  await control.transfer({ ...hand, to: 'api' });
  expect(await control.declared('echo')).toMatchObject({ origin: 'api' });
  expect(current().problems).toEqual([]);
  expect(files.get('team.yaml')).not.toContain('echo');
});

test('programs take nothing over that has no place among theirs', async () => {
  const names = Array.from({ length: 50 }, (_, index) => `  own-${index}: {image: x}`);
  const { control, files } = open({
    'team.yaml': TEAM,
    'api/own.yaml': fleet(`${names.join('\n')}\n`),
  });
  const before = new Map(files);
  expect(await codeOf(control.transfer({ ...hand, to: 'api' }))).toBe('LIMIT_REACHED');
  expect(files).toEqual(before);
});
