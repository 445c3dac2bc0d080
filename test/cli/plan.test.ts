import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createTempFolder } from '../helpers/temp-folder.ts';
import { createFakeControl, someHealth, somePlan, someStatus } from '../http/fake-control.ts';
import { createPlan } from './plan-fixture.ts';
import { runCommand, serveManager } from './run-command.ts';

const changing = () => createFakeControl({ plan: async () => createPlan() });

test('a plan is printed for people, and by --json as the document', async () => {
  const text = await runCommand('plan', { control: changing() });
  expect(text.code).toBe(0);
  expect(text.out).toContain('# echo will be created');
  const json = await runCommand('plan --json', { control: changing() });
  expect(JSON.parse(json.out)).toEqual(createPlan());
});

test('--detailed-exitcode tells changes from none', async () => {
  expect((await runCommand('plan --detailed-exitcode', { control: changing() })).code).toBe(2);
  expect((await runCommand('plan --detailed-exitcode')).code).toBe(0);
});

test('names and allowed removals are asked for as they were given', async () => {
  const control = createFakeControl();
  await runCommand('plan echo other --allow-removals 3', { control });
  expect(control.calls).toEqual([['plan', { names: ['echo', 'other'], allowRemovals: 3 }]]);
});

test('a selector becomes the names of the services that carry the label', async () => {
  const control = createFakeControl({
    status: async () => ({
      services: [someStatus('echo'), someStatus('other', { labels: { team: 'x' } })],
      problems: [],
      leftAlone: [],
    }),
  });
  await runCommand('plan -l team=search', { control });
  expect(control.calls.at(-1)).toEqual(['plan', { names: ['echo'] }]);
});

test('a selector that fits no service is an error, not everything', async () => {
  const control = createFakeControl();
  const { code, err } = await runCommand('plan -l team=nobody', { control });
  expect(code).toBe(1);
  expect(err).toContain('no service carries team=nobody');
  expect(control.calls.map(([method]) => method)).not.toContain('plan');
});

test('a saved plan is for its owner alone, and show prints it again', async () => {
  const file = join(await createTempFolder(), 'change.json');
  const saved = await runCommand(`plan --out ${file}`, { control: changing() });
  expect(saved.err).toContain(`mcp-manager apply ${file}`);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(createPlan());
  expect((await runCommand(`show ${file}`)).out).toContain('# echo will be created');
  expect(JSON.parse((await runCommand(`show ${file} --json`)).out)).toEqual(createPlan());
});

test('under a manager that applies by itself a plan is not saved, and it is said why', async () => {
  const { stateFolder } = await serveManager(changing());
  const file = join(stateFolder, 'change.json');
  const { code, err } = await runCommand(`plan --out ${file}`, { stateFolder });
  expect(code).toBe(1);
  expect(err).toContain('REFUSED');
  expect(err).toContain('applies by itself');
  await expect(stat(file)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('under a manager that waits for approval a plan is saved', async () => {
  const control = createFakeControl({ health: async () => someHealth({ mode: 'approve' }) });
  const { stateFolder } = await serveManager(control);
  const file = join(stateFolder, 'change.json');
  expect((await runCommand(`plan --out ${file}`, { stateFolder })).code).toBe(0);
});

test.each([
  ['a file that is not there', undefined, 'could not be read'],
  ['a file that is no JSON', '{', 'is no JSON'],
  ['JSON that is no plan', '{"formatVersion":"1.0"}', 'is no plan'],
  [
    'a plan of a later major version',
    JSON.stringify(somePlan()).replace('1.0', '2.0'),
    'is no plan',
  ],
])('show refuses %s', async (_what, content, words) => {
  const file = join(await createTempFolder(), 'plan.json');
  if (content !== undefined) await writeFile(file, content);
  const { code, err } = await runCommand(`show ${file}`);
  expect(code).toBe(1);
  expect(err).toContain('PLAN_INVALID');
  expect(err).toContain(words);
});

test('diff answers 0 without, 1 with differences and 2 for an error', async () => {
  const none = await runCommand('diff');
  expect(none).toMatchObject({ code: 0, out: 'No differences.\n' });
  const some = await runCommand('diff', { control: changing() });
  expect(some.code).toBe(1);
  expect(some.out).toContain('+ port: 8000');
  const error = await runCommand('diff', { environment: { ROUTER: 'x' } });
  expect(error.code).toBe(2);
});
