import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const FOLDER = '/run/containers/networks/aardvark-dns';

/**
 * The name server of all engines of the machine ends when it is woken and finds no network. Where the last
 * networks of two engines go at once it is woken before the second has gone, and stays: here it is woken again.
 */
export async function wakeNameServer(): Promise<void> {
  const networks = await readdir(FOLDER).catch(() => []);
  if (networks.some((name) => name !== 'aardvark.pid')) return;
  // It only reads its folder again, whoever it belongs to; one that has gone by now needs no more.
  await run('pkill', ['-HUP', '-f', `aardvark-dns --config ${FOLDER}`]).catch(() => undefined);
}
