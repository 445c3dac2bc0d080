import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askTool } from '../helpers/ask-tool.ts';
import { eventually } from '../helpers/eventually.ts';
import { createWorkplace, type ManagerProcess } from '../helpers/manager.ts';
import { apiUrlOf } from '../helpers/replay.ts';

// What servers offer, approved in a file beside the documents.
const FAULTY = fileURLToPath(new URL('../fixtures/programs/faulty.mjs', import.meta.url));
const place = createWorkplace(afterAll);
const lockFile = place.path('tools.lock.yaml');
const rollout = { deadline: '2s', stableFor: '0s', drain: '1s' };
let manager: ManagerProcess;

const server = (lock: string, ...words: readonly string[]): object => ({
  command: ['node', FAULTY, ...words],
  verify: { lock },
  rollout,
});

beforeAll(async () => {
  place.declare('kept.yaml', { kept: server('enforce') });
  place.declare('told.yaml', { told: server('warn') });
  manager = await place.run();
  await manager.until({ kept: 'Running', told: 'Running' });
});

test('tools are listed with what they say of themselves, and called by hand', async () => {
  place.declare('loud.yaml', { loud: server('warn', 'about=\u001b[31mlook at me') });
  await manager.until({ loud: 'Running' });
  const { stdout } = await place.cli('tools', 'loud');
  expect(stdout).toMatch(/^TOOL +LOCK +DESCRIPTION\nbreak +not locked +\[31mlook at me\n/);
  expect(stdout).not.toContain('\u001b');
  const report = JSON.parse((await place.cli('tools', 'loud', '--json')).stdout);
  expect(report.tools[0]).toMatchObject({ name: 'break', inputSchema: { type: 'object' } });

  const answered = await place.cli('call', 'loud', 'break', '{"how": ""}');
  expect(answered).toEqual({ code: 0, stdout: 'as you like\n', stderr: '' });
  const failed = await place.cli('call', 'loud', 'fail');
  expect(failed).toMatchObject({ code: 1, stdout: 'no disk\n' });
  const whole = JSON.parse((await place.cli('call', 'loud', 'fail', '--json')).stdout);
  expect(whole).toMatchObject({ isError: true, content: [{ type: 'text', text: 'no disk' }] });
});

test.each([
  [['call', 'kept', 'pid', '[1]'], /REFUSED the arguments are no JSON object/],
  [['tools', 'nobody'], /SERVICE_UNKNOWN there is no service nobody/],
])('%j is told to be a mistake', async (words, message) => {
  const { code, stderr } = await place.cli(...words);
  expect(code).toBe(1);
  expect(stderr).toMatch(message);
});

test('what a release changes is told, and nothing is locked before somebody asks for it', async () => {
  place.declare('told.yaml', { told: server('warn', 'tools=send') });
  await eventually(async () => {
    const { stdout } = await place.cli('history', 'told');
    expect(stdout).toMatch(/Tools of told in r1-\w+ against r1-\w+: added send$/m);
  });
  expect((await place.cli('get', 'told')).stdout).toMatch(/tools since +r1-\w+: added send/);
  const { stdout } = await place.cli('events', '--since', '1h', '--service', 'told', '--json');
  expect(stdout).toMatch(/tools\.changed.*"added":\["send"\],"removed":\[\],"changed":\[\]/);
  expect(existsSync(lockFile)).toBe(false);
});

test('locked tools that change are warned of', async () => {
  const { stdout, code } = await place.cli('lock');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^kept: 5 tools approved\.$/m);
  expect(stdout).toContain('Review and commit desired/tools.lock.yaml.');
  const text = readFileSync(lockFile, 'utf8');
  expect((await place.cli('lock')).code).toBe(0);
  expect(readFileSync(lockFile, 'utf8')).toBe(text);
  expect((await place.cli('validate')).code).toBe(0);

  place.declare('told.yaml', { told: server('warn', 'about=Sends all first.') });
  await eventually(async () => {
    const { services } = await manager.control.status();
    const told = services.find(({ name }) => name === 'told');
    expect(told?.state).toBe('Running');
    expect(told?.cause).toContain('not the approved ones: removed send; changed break');
  });
  expect((await place.cli('tools', 'told')).stdout).toMatch(/^break +changed/m);
  expect((await place.cli('plan')).stdout).toMatch(/Tools:\n +told: not approved: removed send/);
});

test('a change that nobody approved is a failed rollout where the lock is kept, until it is approved', async () => {
  place.declare('kept.yaml', { kept: server('enforce', 'tools=send') });
  await manager.until({ kept: 'Failed' });
  const { stdout } = await place.cli('get', 'kept');
  expect(stdout).toContain('its tools are not the approved ones: added send');
  expect(stdout).toContain('`mcp-manager lock kept` approves them');
  const elsewhere = ['--server', await apiUrlOf(manager), '--desired', place.path('nowhere')];
  const { stdout: told } = await place.cli('lock', 'kept', ...elsewhere);
  expect(told).toMatch(/^kept: 6 tools approved \(added send\)\.$/m);
  await manager.until({ kept: 'Running' });
  expect(await askTool((await statusOf('kept')).url ?? '', 'send')).toBe('send');
});

test('a lock file that breaks changes nothing, and is told', async () => {
  const text = readFileSync(lockFile, 'utf8');
  place.write('tools.lock.yaml', `${text}<<<<<<< HEAD\n`);
  await eventually(async () => {
    const { problems } = await manager.control.status();
    expect(problems).toMatchObject([{ code: 'LOCK_INVALID', file: 'tools.lock.yaml' }]);
  });
  expect(await statusOf('kept')).toMatchObject({ state: 'Running', cause: '' });
  expect((await place.cli('lock', 'kept')).stderr).toContain('REFUSED tools.lock.yaml');
  place.write('tools.lock.yaml', text);
});

async function statusOf(name: string) {
  const { services } = await manager.control.status();
  const found = services.find((service) => service.name === name);
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
}
