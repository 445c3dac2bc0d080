import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Engine } from './engine.ts';
import { LOGIN } from './registry.ts';

const run = promisify(execFile);

export interface PublishOptions {
  /** Of its one file, which nobody can compress; default 100. */
  readonly bytes?: number;
  /** `arm64`; default: that of this machine. */
  readonly architecture?: string;
}

/**
 * Makes an image that nobody has seen before, pushes it and removes it from the engine again. Answers
 * its id and the digest under which the registry has it, both `sha256:…`.
 */
export async function publishImage(
  { podman }: Engine,
  reference: string,
  { bytes = 100, architecture }: PublishOptions = {},
): Promise<{ readonly id: string; readonly digest: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'mcp-manager-publish-'));
  try {
    await writeFile(join(folder, 'file'), randomBytes(bytes));
    await run('tar', ['-C', folder, '-cf', join(folder, 'image.tar'), 'file']);
    const kind = architecture === undefined ? [] : ['--arch', architecture];
    const id = await podman('import', '--quiet', ...kind, join(folder, 'image.tar'), reference);
    const digestFile = join(folder, 'digest');
    const credentials = ['--creds', `${LOGIN.username}:${LOGIN.password}`];
    await podman('push', '--quiet', ...credentials, '--digestfile', digestFile, reference);
    await podman('rmi', reference);
    return { id, digest: await readFile(digestFile, 'utf8') };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
