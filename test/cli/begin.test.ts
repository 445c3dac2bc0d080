import { createServer } from 'node:net';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createTempFolder } from '../helpers/temp-folder.ts';
import { createFakeControl } from '../http/fake-control.ts';
import { createFakeDocuments } from './fake-documents.ts';
import { runCommand, serveManager } from './run-command.ts';
import { findFreePort } from '../helpers/free-port.ts';

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

test('doctor tells what was chosen, and each fault with its cure', async () => {
  const taken = await listen();
  const environment = {
    ROUTER_PORT: String(taken),
    REDIS_URL: `redis://127.0.0.1:${await findFreePort()}`,
    BACKEND_ENVIRONMENT: '',
  };
  const { code, out } = await runCommand('doctor', { environment });
  expect(code).toBe(1);
  expect(out).toMatch(/ok +node/);
  expect(out).toMatch(/fault runtime .*RUNTIME_UNSUPPORTED/);
  expect(out).toContain(`port ${taken} is taken`);
  expect(out).toMatch(/fault redis .*does not answer/);
  expect(out).toContain('mend: free port');
});

test('doctor finds nothing wrong where nothing is', async () => {
  const folder = await createTempFolder();
  const { stateFolder } = await serveManager(createFakeControl());
  const documents = createFakeDocuments({}, { managerId: 'blue' });
  const environment = { REDIS_URL: `redis://127.0.0.1:${await listen()}` };
  const options = { environment, documents, stateFolder };
  const { code, out } = await runCommand(`doctor --json --templates ${folder}`, options);
  const findings: { readonly topic: string; readonly verdict: string }[] = JSON.parse(out);
  expect(findings.filter(({ verdict }) => verdict === 'fault')).toEqual([]);
  expect(code).toBe(0);
});

test('doctor takes the runtime of the manager that runs for chosen', async () => {
  const { stateFolder } = await serveManager(createFakeControl());
  const environment = { BACKEND_ENVIRONMENT: '' };
  const { out } = await runCommand('doctor', { stateFolder, environment });
  expect(out).toMatch(/ok +runtime +memory, as the running manager chose/);
});

test('doctor sees a state folder whose socket no system can hold', async () => {
  const stateFolder = join(await createTempFolder(), 'x'.repeat(100));
  const { out } = await runCommand('doctor', { stateFolder });
  expect(out).toMatch(/fault state .*at most 107/);
});

function listen(): Promise<number> {
  const server = createServer();
  onTestFinished(() => void server.close());
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });
}
