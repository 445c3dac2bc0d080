import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { askTool } from '../helpers/ask-tool.ts';
import { eventually } from '../helpers/eventually.ts';
import { createWorkplace, type ManagerProcess, tiny, toDocument } from '../helpers/manager.ts';
import { markedProcesses } from '../helpers/marked-processes.ts';

const NAMES = Array.from({ length: 18 }, (_item, index) => `service-${index + 1}`);
const EDITS = 9;
/** From the write of a document to the first call of the runtime: far below the next look that would come anyhow. */
const MOST_MS = 5_000;

const place = createWorkplace(afterAll);
const { managerId } = place;
let manager: ManagerProcess;

beforeAll(async () => {
  for (const name of NAMES) writeGreeting(name, 'hello');
  place.declare('samples.yaml', { echo: { template: 'echo' }, notes: { template: 'simple-mcp' } });
  manager = await place.run();
  await manager.until(allIn('Running'), 60_000);
});

describe('a manager with twenty services', () => {
  test('brings an edit of a file to its first runtime call at once', async () => {
    const latenciesMs: number[] = [];
    for (const name of NAMES.slice(0, EDITS)) latenciesMs.push(await timeEdit(name));
    const sorted = latenciesMs.toSorted((a, b) => a - b);
    const medianMs = sorted[Math.floor(EDITS / 2)];
    console.log(`edit to first runtime call: median ${medianMs} ms of ${sorted.join(', ')}`);
    expect(medianMs).toBeLessThan(MOST_MS);
    await manager.until(allIn('Running'));
    expect(await askTool(await urlOf('service-1'))).toBe('edited');
  });

  test('heals a killed program, which answers again at the same URL', async () => {
    const url = await urlOf('echo');
    expect(await askTool(url, 'echo', { message: 'one' })).toBe('Echo: one');
    const killed = programOf('echo');
    process.kill(killed, 'SIGKILL');
    await eventually(async () => {
      expect(await askTool(url, 'echo', { message: 'two' })).toBe('Echo: two');
      expect(programOf('echo')).not.toBe(killed);
    });
    await manager.until({ echo: 'Running' });
    expect(await urlOf('echo')).toBe(url);
    const { stdout } = await place.cli('events', '--service', 'echo', '--since', '10s', '--json');
    const types = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).type);
    expect(types).toEqual(
      expect.arrayContaining([
        'io.mcpmanager.drift.detected',
        'io.mcpmanager.drift.healed',
        'io.mcpmanager.service.started',
        'io.mcpmanager.service.verified',
      ]),
    );
  });

  test('heals also what a killed guard program leaves behind', async () => {
    const url = await urlOf('service-18');
    const before = await askTool(url, 'pid');
    process.kill(guardOf('service-18'), 'SIGKILL');
    await eventually(async () => expect(await askTool(url, 'pid')).not.toBe(before));
    await manager.until({ 'service-18': 'Running' });
    expect(markedProcesses(`${managerId}/mcp-service-18-`)).toHaveLength(2);
  });

  test('stops nothing for a broken file, says where it is broken, and clears it when mended', async () => {
    const good = readFileSync(place.path('service-2.yaml'), 'utf8');
    const pid = await askTool(await urlOf('service-2'), 'pid');
    onTestFinished(() => place.write('service-2.yaml', good));
    place.write('service-2.yaml', `${good}  oops\n`);
    await manager.until({ 'service-2': 'Frozen', 'service-3': 'Running' });
    const { code, stdout } = await place.cli('status');
    expect(code).toBe(0);
    expect(stdout).toMatch(/service-2\.yaml:4:\d+ YAML_SYNTAX /);
    expect(await askTool(await urlOf('service-2'), 'pid')).toBe(pid);
    const validated = await place.cli('validate');
    expect(validated.code).toBe(1);
    expect(validated.stdout).toMatch(/service-2\.yaml:4:\d+ YAML_SYNTAX /);

    place.write('service-2.yaml', good);
    await manager.until(allIn('Running'));
    expect((await manager.control.status()).problems).toEqual([]);
    expect(await askTool(await urlOf('service-2'), 'pid')).toBe(pid);
    expect((await place.cli('validate')).code).toBe(0);
  });

  test('plans nothing when all is as wanted, and says so in words and exit codes', async () => {
    await manager.until(allIn('Running'));
    const nothing = { code: 0, stdout: expect.stringContaining('No changes') };
    expect(await place.cli('plan', '--detailed-exitcode')).toMatchObject(nothing);
    expect(await place.cli('plan', '--detailed-exitcode')).toMatchObject(nothing);
    expect(await place.cli('diff')).toMatchObject({ code: 0, stdout: 'No differences.\n' });
  });
});

function allIn(state: string): Record<string, string> {
  return Object.fromEntries([...NAMES, 'echo', 'notes'].map((name) => [name, state]));
}

function writeGreeting(name: string, greeting: string): void {
  const service = tiny([], {
    env: { GREETING: greeting },
    rollout: { stableFor: '0s', drain: '1s' },
  });
  place.write(`${name}.yaml`, toDocument({ [name]: service }));
}

/** Milliseconds from the write to the begin of the first step, both by the wall clock of this machine. */
async function timeEdit(name: string): Promise<number> {
  await manager.until({ [name]: 'Running' });
  const writtenMs = Date.now();
  writeGreeting(name, 'edited');
  const ended = AbortSignal.timeout(10_000);
  const query = { since: new Date(writtenMs).toISOString(), follow: true, service: name };
  for await (const { type, time } of manager.control.events(query, ended)) {
    if (type === 'io.mcpmanager.step.started') return Date.parse(time) - writtenMs;
  }
  throw new Error(`nothing was begun for ${name}`);
}

async function urlOf(name: string): Promise<string> {
  const { services } = await manager.control.status();
  return services.find((service) => service.name === name)?.url ?? 'unknown';
}

function programOf(name: string): number {
  return findProcess(name, (command) => !command.includes('/shim/'));
}

function guardOf(name: string): number {
  return findProcess(name, (command) => command.includes('/shim/'));
}

function findProcess(name: string, isIt: (command: string) => boolean): number {
  const processes = markedProcesses(`${managerId}/mcp-${name}-`);
  return processes.find(({ command }) => isIt(command))?.pid ?? Number.NaN;
}
