import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { takeLease } from '../../../src/adapters/sqlite/lease.ts';
import type { Lease } from '../../../src/ports.ts';
import { eventually } from '../../helpers/eventually.ts';
import { createTempFolder } from '../../helpers/temp-folder.ts';

describe('The lease of a state folder', () => {
  it('is refused while another process holds it, with its name and the way out', async () => {
    const folder = await createTempFolder();
    const child = await holdElsewhere(folder);

    expect(() => take(folder)).toThrow(
      expect.objectContaining({
        code: 'LEASE_HELD',
        message: `the state folder ${folder} is held by "apply", process ${child.pid} on elsewhere, started 1970-01-01T00:00:00.000Z`,
        hint: expect.stringContaining('STATE_DIR'),
      }),
    );
  });

  it('lies in files that only its user reads, also in a folder that all can', async () => {
    const folder = await createTempFolder();
    await chmod(folder, 0o755);
    take(folder);
    for (const name of await readdir(folder))
      expect([name, (await stat(join(folder, name))).mode & 0o077]).toEqual([name, 0]);
  });

  it('is free as soon as its holder was killed', async () => {
    const folder = await createTempFolder();
    const child = await holdElsewhere(folder);

    child.kill('SIGKILL');
    await once(child, 'close');

    expect(existsSync(join(folder, 'holder.json'))).toBe(true);
    expect(() => take(folder)).not.toThrow();
  });

  it('is free after its holder ended by itself, and leaves no name behind', async () => {
    const folder = await createTempFolder();
    const child = await holdElsewhere(folder);

    child.stdin?.end();
    await once(child, 'close');

    expect(existsSync(join(folder, 'holder.json'))).toBe(false);
    expect(() => take(folder)).not.toThrow();
  });

  it('is refused twice in one process, until it is released', async () => {
    const folder = await createTempFolder();
    const lease = take(folder);

    expect(() => take(folder)).toThrow(/held by "run", process 1 on here/);
    await lease.release();
    await lease.release();

    expect(() => take(folder)).not.toThrow();
  });

  it('names nobody when the holder is not known', async () => {
    const folder = await createTempFolder();
    take(folder);
    await writeFile(join(folder, 'holder.json'), '{"pid":');

    expect(() => take(folder)).toThrow(/held by another process that is just starting/);
  });

  it('is an error with the path when the folder cannot be written', async () => {
    const file = join(await createTempFolder(), 'file');
    await writeFile(file, '');

    expect(() => take(join(file, 'state'))).toThrow(
      expect.objectContaining({ code: 'STATE_UNWRITABLE', message: expect.stringContaining(file) }),
    );
  });
});

function take(stateFolder: string): Lease {
  const holder = { pid: 1, host: 'here', what: 'run', startedAtMs: 0 };
  const lease = takeLease({ stateFolder, holder });
  onTestFinished(() => lease.release());
  return lease;
}

async function holdElsewhere(folder: string): Promise<ChildProcess> {
  const program = fileURLToPath(new URL('./leasing-process.ts', import.meta.url));
  const child = spawn(process.execPath, [program, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  await eventually(() => expect(output).toBe('held\n'));
  return child;
}
