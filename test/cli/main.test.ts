import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { createSocketClient } from '../../src/cli/socket-client.ts';
import { eventually } from '../helpers/eventually.ts';
import { createTempFolder } from '../helpers/temp-folder.ts';
import { createFakeControl, someEvent } from '../http/fake-control.ts';
import { serveManager } from './run-command.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** The real program, in a folder of its own. */
async function start(line: string, folder?: string) {
  const cwd = folder ?? (await createTempFolder());
  const child = spawn(process.execPath, [main, ...line.split(' ')], {
    cwd,
    env: { PATH: process.env['PATH'], HOME: cwd, ROUTER: 'none', SERVER_PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const closed = once(child, 'close').then(([code]) => Number(code));
  const output = Promise.all([closed, text(child.stdout), text(child.stderr)]);
  return { cwd, child, ended: output.then(([code, out, err]) => ({ code, out, err })) };
}

test('the program answers help with 0 and a mistake with 1, on the right stream', async () => {
  const [help, mistake] = await Promise.all([start('--help'), start('stauts')]);
  expect(await help.ended).toMatchObject({ code: 0, err: '' });
  const { code, out, err } = await mistake.ended;
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toContain('Did you mean status?');
});

test('a fleet is made, checked and run; the first signal ends the manager in order', async () => {
  const made = await start('init');
  expect((await made.ended).code).toBe(0);
  const { cwd } = made;
  expect((await (await start('validate', cwd)).ended).out).toBe('Valid: 1 service.\n');
  const run = await start('run --approve --runtime memory --state-dir state', cwd);
  const manager = createSocketClient(`${cwd}/state/api.sock`);
  const health = await eventually(() => manager.health());
  expect(health).toMatchObject({ mode: 'approve', runtime: 'memory', pid: run.child.pid });
  run.child.kill('SIGTERM');
  const { code, out } = await run.ended;
  expect(code).toBe(0);
  expect(out).toContain('is ready: runtime memory, mode approve');
  await expect(manager.health()).rejects.toThrow('no manager answers');
});

test('a reader that has seen enough ends a follower without a failure', async () => {
  const control = createFakeControl({
    async *events(_query, signal) {
      for (let number = 1; !signal.aborted; number += 1) {
        yield someEvent(number);
        await setImmediate();
      }
    },
  });
  const { stateFolder } = await serveManager(control);
  const { child, ended } = await start(`events --follow --state-dir ${stateFolder}`);
  // The output itself cannot be read to its end any more.
  ended.catch(() => {});
  const exited = once(child, 'exit');
  await once(child.stdout, 'data');
  child.stdout.destroy();
  expect(await exited).toEqual([0, null]);
});

test('completion offers commands and flags', async () => {
  const [script, commands, flags] = await Promise.all([
    start('completion bash'),
    start('complete -- st'),
    start('complete -- plan --det'),
  ]);
  expect((await script.ended).out).toContain('mcp-manager');
  expect((await commands.ended).out).toContain('status\tList the services');
  expect((await flags.ended).out).toContain('--detailed-exitcode');
});
