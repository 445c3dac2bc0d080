import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createTempFolder } from '../helpers/temp-folder.ts';
import { createFakeDocuments } from './fake-documents.ts';
import { runCommand } from './run-command.ts';

test('init writes a first document and the manager id, and says what comes next', async () => {
  const documents = createFakeDocuments({});
  const folder = await createTempFolder();
  const { code, out } = await runCommand(`init --desired ${folder}`, { documents });
  expect(code).toBe(0);
  expect(documents.files.get('services.yaml')).toContain('services:');
  const id = await documents.ensureManagerId('other');
  expect(out).toContain(`Manager id: ${id}`);
  expect(out).toContain('mcp-manager plan --desired');
});

test('init leaves what is there as it is', async () => {
  const documents = createFakeDocuments({ 'mine.yaml': 'x' }, { managerId: 'blue' });
  const folder = await createTempFolder();
  const { code, out } = await runCommand(`init --desired ${folder} --json`, { documents });
  expect(code).toBe(0);
  expect(JSON.parse(out)).toEqual({ managerId: 'blue' });
  expect([...documents.files]).toEqual([['mine.yaml', 'x']]);
});

test('init of a folder that cannot be made says why', async () => {
  const file = join(await createTempFolder(), 'file');
  await writeFile(file, '');
  const { code, err } = await runCommand(`init --desired ${file}/below`);
  expect(code).toBe(1);
  expect(err).toContain('could not be made');
});

test('the first document is valid but for its template', async () => {
  const documents = createFakeDocuments({});
  const folder = await createTempFolder();
  await runCommand(`init --desired ${folder}`, { documents });
  const { out } = await runCommand('validate', { documents });
  expect(out.trim().split('\n')).toHaveLength(1);
  expect(out).toContain('template');
});

test('validate counts services and answers 0', async () => {
  const text = 'apiVersion: mcp-manager/v1\nservices:\n  echo:\n    command: [node, a.ts]\n';
  const documents = createFakeDocuments({ 'a.yaml': text });
  expect(await runCommand('validate', { documents })).toEqual({
    code: 0,
    out: 'Valid: 1 service.\n',
    err: '',
  });
});

test('validate prints each problem with its place and answers 1', async () => {
  const text = 'apiVersion: mcp-manager/v1\nservices:\n  echo:\n    comand: [node, a.ts]\n';
  const documents = createFakeDocuments({ 'a.yaml': text });
  const { code, out } = await runCommand('validate', { documents });
  expect(code).toBe(1);
  expect(out).toMatch(/^a\.yaml:4:5 [A-Z_]+ .*comand.*did you mean/m);
  const json = await runCommand('validate --json', { documents });
  expect(JSON.parse(json.out).problems[0]).toMatchObject({ file: 'a.yaml', line: 4 });
});

test('schema prints the published schema as it is', async () => {
  const { code, out } = await runCommand('schema plan');
  expect(code).toBe(0);
  expect(out).toBe(
    await readFile(new URL('../../schemas/plan.schema.json', import.meta.url), 'utf8'),
  );
});

test('schema of an unknown name lists those there are', async () => {
  const { code, err } = await runCommand('schema nothing');
  expect(code).toBe(1);
  expect(err).toContain('desired, template, plan, event, status');
});
