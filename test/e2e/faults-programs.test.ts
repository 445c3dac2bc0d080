import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ServiceStatus } from '../../src/model/status.ts';
import { askTool } from '../helpers/ask-tool.ts';
import { eventually } from '../helpers/eventually.ts';
import { createWorkplace, type ManagerProcess, TINY, tiny } from '../helpers/manager.ts';
import { markedProcesses } from '../helpers/marked-processes.ts';

// Programs that misbehave, one service each, beside one that does not.
const place = createWorkplace(afterAll);
let manager: ManagerProcess;
let goodPid: string;

beforeAll(async () => {
  place.declare('good.yaml', { good: tiny() });
  // A secret that appears is seen by the next look around.
  place.environment['RESYNC_INTERVAL'] = '2s';
  manager = await place.run();
  await manager.until({ good: 'Running' });
  goodPid = await askTool((await get('good')).url ?? '', 'pid');
});

test('a program that is missing is Failed until its document is mended', async () => {
  place.declare('missing.yaml', { missing: { command: ['no-such-program'] } });
  await manager.until({ missing: 'Failed' });
  expect((await place.cli('get', 'missing')).stdout).toMatch(/PROGRAM_MISSING .*no-such-program/);
  place.declare('missing.yaml', { missing: tiny() });
  await manager.until({ missing: 'Running' });
  await expectGoodUntouched();
});

test('a program that ends at once is in CrashLoop with its restart time and its last words', async () => {
  place.declare('exit.yaml', { exit: tiny(['exit']) });
  await manager.until({ exit: 'CrashLoop' });
  const { restarts, untilMs = 0 } = await get('exit');
  expect(restarts).toBeGreaterThanOrEqual(1);
  expect(untilMs).toBeGreaterThan(Date.now() - 5_000);
  await eventually(async () => {
    const { stdout } = await place.cli('get', 'exit');
    expect(stdout).toMatch(/exit {2}(CrashLoop|Degraded) .*exit code 7/);
    expect(stdout).toContain('cannot find my database');
    expect(stdout).toMatch(/again in \d+m?s/);
  });
  place.declare('exit.yaml', { exit: tiny() });
  await manager.until({ exit: 'Running' });
  await expectGoodUntouched();
});

test('a program that never listens is Failed after its deadline, and says why', async () => {
  place.declare('mute.yaml', { mute: tiny(['mute'], { rollout: { deadline: '1s' } }) });
  await manager.until({ mute: 'Failed' });
  expect((await get('mute')).cause).toMatch(/not verified in time: nothing listens on 127/);
  place.declare('mute.yaml', { mute: tiny() });
  await manager.until({ mute: 'Running' });
  await expectGoodUntouched();
});

test('a program that listens but speaks no MCP is Failed, and what it answered is told', async () => {
  place.declare('plain.yaml', { plain: tiny(['plain'], { rollout: { deadline: '1s' } }) });
  await manager.until({ plain: 'Failed' });
  const { cause, url = '' } = await get('plain');
  expect(cause).toContain('not MCP');
  expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBeGreaterThanOrEqual(400);
  place.declare('plain.yaml', { plain: tiny() });
  await manager.until({ plain: 'Running' });
  await expectGoodUntouched();
});

test('a slow program is waited for, and delays nobody', async () => {
  place.declare('slow.yaml', { slow: tiny(['slow=1500']), quick: tiny() });
  await manager.until({ quick: 'Running', slow: 'Starting' });
  await manager.until({ slow: 'Running' });
});

test('a program that ignores TERM is killed after its drain time', async () => {
  place.declare('deaf.yaml', { deaf: tiny(['deaf'], { rollout: { drain: '1s' } }) });
  await manager.until({ deaf: 'Running' });
  const beganMs = performance.now();
  expect((await place.cli('remove', 'deaf', '--yes')).code).toBe(0);
  await eventually(() => expect(markedProcesses(`${place.managerId}/mcp-deaf-`)).toEqual([]));
  expect(performance.now() - beganMs).toBeLessThan(4_000);
  await expectGoodUntouched();
});

test('a program that prints without end is served, and costs the manager and the disk little', async () => {
  place.declare('flood.yaml', { flood: tiny(['flood'], { rollout: { drain: '1s' } }) });
  await manager.until({ flood: 'Running' });
  expect(await askTool((await get('flood')).url ?? '')).toBe('hello');
  await eventually(async () => {
    const { stdout } = await place.cli('logs', 'flood', '--tail', '3');
    expect(stdout.trim().split('\n')).toHaveLength(3);
  });
  expect(residentBytes(manager.pid)).toBeLessThan(300 * 1024 * 1024);
  expect((await place.cli('remove', 'flood', '--yes')).code).toBe(0);
  await eventually(() => expect(markedProcesses(`${place.managerId}/mcp-flood-`)).toEqual([]));
  await expectGoodUntouched();
});

test('a secret that is missing is named, and taken as soon as it is there', async () => {
  const env = { GREETING: { secret: 'file:greeting' } };
  place.declare('secret.yaml', { secret: tiny([], { env }) });
  await eventually(async () => {
    expect((await get('secret')).cause).toMatch(/file:greeting/);
  });
  await expectGoodUntouched();
  place.writeSecret('greeting', 'very secret');
  await manager.until({ secret: 'Running' });
  expect(await askTool((await get('secret')).url ?? '')).toBe('very secret');
  const { stdout } = await place.cli('get', 'secret', '--json');
  expect(stdout + (await place.cli('events', '--json')).stdout).not.toContain('very secret');
});

test('stop and start edit the power of a service in its document and nothing else', async () => {
  const text = [
    '# mine',
    'apiVersion:   mcp-manager/v1',
    'services:',
    // It takes its whole drain time to end, so that stopped and stopping are seen apart.
    `  switched: {rollout: {drain: 1s}, command: [node, ${TINY}, deaf]}   # keep this`,
    '  other:',
    `    command: ["node", "${TINY}"]`,
    "    rollout: {drain: '1s'} # and this",
    '',
  ].join('\n');
  place.write('power.yaml', text);
  await manager.until({ switched: 'Running', other: 'Running' });
  const stopped = await place.cli('stop', 'switched', 'other');
  expect(stopped).toMatchObject({ code: 0, stderr: '' });
  await manager.until({ switched: 'Stopped', other: 'Stopped', good: 'Running' });
  expect(markedProcesses(`${place.managerId}/mcp-switched-`)).toEqual([]);
  const off = readFileSync(place.path('power.yaml'), 'utf8');
  expect(off).toContain('# mine\napiVersion:   mcp-manager/v1\n');
  expect(off).toContain("    rollout: {drain: '1s'} # and this\n");
  expect(off.replace('power: off, ', '').replace('    power: off\n', '')).toBe(text);
  expect((await place.cli('start', 'switched', 'other')).code).toBe(0);
  await manager.until({ switched: 'Running', other: 'Running' });
  expect((await place.cli('plan')).stdout).toContain('No changes');
  await expectGoodUntouched();
});

async function expectGoodUntouched(): Promise<void> {
  expect(await askTool((await get('good')).url ?? '', 'pid')).toBe(goodPid);
}

async function get(name: string): Promise<ServiceStatus> {
  const { services } = await manager.control.status();
  const found = services.find((service) => service.name === name);
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
}

/** proc(5): the second number of statm, in pages. */
function residentBytes(pid: number): number {
  const pages = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1];
  return Number(pages) * 4_096;
}
