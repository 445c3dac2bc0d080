import { expect, test } from 'vitest';
import { AppError } from '../../src/errors.ts';
import { createFakeControl, someDraft, someHealth } from '../http/fake-control.ts';
import { runCommand, serveManager } from './run-command.ts';

const LINE = 'import old-echo --as echo --port 8080 --path /';

test('import shows all, asks, keeps the secrets, writes the document, and applies', async () => {
  const control = createFakeControl();
  const { code, out, err } = await runCommand(LINE, { control, answers: ['yes'] });
  expect(code).toBe(0);
  expect(out).toContain('adopt: c0ffee');
  expect(out).toContain('API_KEY as file:echo/API_KEY');
  expect(out).toContain('desired/echo.yaml is written.');
  expect(out).toContain('Apply complete');
  expect(err).toContain('Note: it has no limit of memory');
  const wish = { container: 'old-echo', service: 'echo', port: 8080, path: '/' };
  expect(control.calls.filter(([method]) => method !== 'health')).toEqual([
    ['draftImport', wish],
    ['importContainer', { ...wish, container: 'c0ffee' }],
    ['apply', { names: ['echo'], wait: true, by: 'ada@host' }],
  ]);
});

test('nothing is kept or written without a yes, nor where nobody can be asked', async () => {
  const control = createFakeControl();
  expect((await runCommand(LINE, { control, answers: ['y'] })).code).toBe(1);
  expect(control.calls).toHaveLength(1);
  const { code, err } = await runCommand(LINE, { control: createFakeControl() });
  expect(code).toBe(1);
  expect(err).toContain('--auto-approve');
});

test('import asks the manager that runs, and answers its events and result as JSON', async () => {
  const control = createFakeControl({ health: async () => someHealth({ runtime: 'podman' }) });
  const { stateFolder } = await serveManager(control);
  const line = 'import old-echo --as echo --auto-approve --json';
  const { code, out } = await runCommand(line, { stateFolder });
  expect(code).toBe(0);
  const [draft, ...rest] = out
    .trim()
    .split('\n')
    .map((text): unknown => JSON.parse(text));
  expect(draft).toEqual({ draft: someDraft() });
  expect(rest.at(-1)).toMatchObject({ result: { outcome: 'converged' } });
  expect(control.calls.map(([method]) => method)).toContain('importContainer');
});

test('what speaks against an import is told as it is, and nothing is written', async () => {
  const words = 'the container old-echo cannot be taken over:\n  - it is privileged';
  const control = createFakeControl({
    draftImport: () => Promise.reject(new AppError('REFUSED', words)),
  });
  const { code, err } = await runCommand(LINE, { control, answers: ['yes'] });
  expect(code).toBe(1);
  expect(err).toContain(words);
  expect(control.calls).toHaveLength(1);
});

test.each([
  ['import old-echo', '--as'],
  ['import old-echo --as echo --port none', 'port'],
])('%s is refused as it is written', async (line, words) => {
  const { code, err } = await runCommand(line);
  expect(code).not.toBe(0);
  expect(err).toContain(words);
});
