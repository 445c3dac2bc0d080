import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askTool } from '../helpers/ask-tool.ts';
import { eventually } from '../helpers/eventually.ts';
import { createWorkplace, type ManagerProcess, tiny } from '../helpers/manager.ts';

const place = createWorkplace(afterAll);
let manager: ManagerProcess;

beforeAll(async () => {
  place.declare('fleet.yaml', {
    one: tiny([], { labels: { team: 'search' } }),
    two: tiny([], { env: { GREETING: 'good day' } }),
  });
  manager = await place.run();
  await manager.until({ one: 'Running', two: 'Running' });
});

describe('events', () => {
  test('are followed as they happen, until the person has seen enough', async () => {
    const following = place.start('events', '--follow', '--service', 'one', '--json');
    await eventually(async () => {
      // It does not tell when it begins to listen.
      await place.cli('restart', 'one');
      expect(following.stdout()).toContain('io.mcpmanager.step.completed');
    });
    following.kill('SIGINT');
    expect((await following.exited).code).toBe(0);
    const lines = parseLines(following.stdout());
    expect(lines.every(({ subject }) => subject === 'one')).toBe(true);
  });

  test('are taken up again after one that was seen, without a gap or a repeat', async () => {
    const all = parseLines((await place.cli('events', '--json')).stdout);
    const seen = all[4]?.id ?? '';
    const rest = parseLines((await place.cli('events', '--since', seen, '--json')).stdout);
    expect(rest.slice(0, 3).map(({ id }) => id)).toEqual(all.slice(5, 8).map(({ id }) => id));
    const wrong = await place.cli('events', '--since', 'yesterday');
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('10m') });
  });
});

describe('logs', () => {
  test('are the last lines, those of a time, and those to come', async () => {
    const last = await place.cli('logs', 'two', '--tail', '1');
    expect(last).toEqual({ code: 0, stdout: 'good day, ready\n', stderr: '' });
    expect((await place.cli('logs', 'two', '--since', '0s')).stdout).toBe('');
    expect((await place.cli('logs', 'two', '--since', '10m')).stdout).toContain('good day, ready');
    const following = place.start('logs', 'two', '-f');
    await following.said(/good day, ready/);
    following.kill('SIGTERM');
    expect((await following.exited).code).toBe(0);
  });

  test('follow a service over a restart of its program', async () => {
    const following = place.start('logs', 'two', '-f', '--tail', '1');
    // The line that is there already tells that it listens.
    await following.said(/good day, ready/);
    const url = (await manager.control.status()).services[1]?.url ?? '';
    process.kill(Number(await askTool(url, 'pid')), 'SIGKILL');
    await following.said(/good day, ready\n[^]*good day, ready\n/);
    following.kill('SIGINT');
    expect((await following.exited).code).toBe(0);
    await manager.until({ two: 'Running' });
  });

  test('of a service that is not there are an error with a way out', async () => {
    const { code, stderr } = await place.cli('logs', 'tow');
    expect(code).toBe(1);
    expect(stderr).toMatch(/SERVICE_UNKNOWN .*tow/);
  });
});

describe('a look', () => {
  test('at the status goes on until a signal, and tells each change', async () => {
    const watching = place.start('status', '-w');
    await watching.said(/one +Running/);
    await place.cli('stop', 'one');
    await watching.said(/one +Stopped/);
    await place.cli('start', 'one');
    await manager.until({ one: 'Running' });
    watching.kill('SIGTERM');
    expect((await watching.exited).code).toBe(0);
  });

  test('at the status is by name or label, in words or by the schema', async () => {
    expect((await place.cli('status', '-l', 'team=search')).stdout).not.toContain('two');
    expect((await place.cli('status', 'two')).stdout).not.toContain('one ');
    const { services, problems } = JSON.parse((await place.cli('status', '--json')).stdout);
    expect(problems).toEqual([]);
    expect(services).toMatchObject([
      { name: 'one', state: 'Running', tools: 2 },
      { name: 'two', state: 'Running' },
    ]);
    const unknown = await place.cli('get', 'onne');
    expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining('"one"') });
  });

  test('at the history tells each step with its cause and its end, newest first', async () => {
    const { stdout } = await place.cli('history', 'two', '--limit', '50');
    expect(stdout).toMatch(/two +create +mcp-two-[0-9a-f]{8}-1 +done in \d+ ms +not found/);
    expect(stdout).toMatch(/two +start +mcp-two-[0-9a-f]{8}-1 +done in \d+ ms +.*crashed/);
    const entries = JSON.parse((await place.cli('history', 'two', '--json')).stdout);
    expect(entries.at(-1)).toMatchObject({ kind: 'create', result: 'done' });
  });

  test('at the health and at what is missing tells the manager and its faults', async () => {
    const health = await place.cli('health');
    expect(health.code).toBe(0);
    expect(health.stdout).toContain(`Manager ${place.managerId} `);
    expect(health.stdout).toContain(`pid ${manager.pid}`);
    const doctor = await place.cli('doctor', '--runtime', 'process');
    expect(doctor.stdout).toContain(`pid ${manager.pid}`);
    expect(doctor).toMatchObject({ code: 0, stderr: '' });
    const sick = await place.cli('doctor', '--runtime', 'process', '--templates', 'nowhere');
    expect(sick.code).toBe(1);
    expect(sick.stdout).toMatch(/fault templates .*nowhere cannot be read\n.*why: .*\n.*mend: /);
  });
});

interface Line {
  readonly id: string;
  readonly subject?: string;
}

function parseLines(output: string): readonly Line[] {
  return output
    .trim()
    .split('\n')
    .map((line): Line => JSON.parse(line));
}
