import { execFile } from 'node:child_process';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where engines tell their name server who is in which network. */
const NAMES_FOLDER = '/run/containers/networks/aardvark-dns';

/**
 * Removes what an engine left of addresses in `10.N.0.0/16` that is no container and no bridge. Engines share
 * the firewall's chain of a network's name, and netavark gives up midway at one that rules of another engine
 * are in: its own rules stay. The names of a killed engine stay as well.
 */
export async function clearSubnet(number: number): Promise<void> {
  const { stdout } = await run('iptables-save');
  for (const { table, rule } of rulesOf(stdout)) {
    if (rule.includes(` 10.${number}.`)) {
      await run('iptables', ['-w', '-t', table, ...rule.replace('-A', '-D').split(' ')]);
    }
  }
  const names = await readdir(NAMES_FOLDER).catch(() => []);
  for (const file of names.map((name) => join(NAMES_FOLDER, name))) {
    const text = await readFile(file, 'utf8').catch(() => '');
    if (text.startsWith(`10.${number}.`)) await rm(file, { force: true });
  }
}

function rulesOf(saved: string): readonly { readonly table: string; readonly rule: string }[] {
  let table = '';
  return saved.split('\n').flatMap((line) => {
    if (line.startsWith('*')) table = line.slice(1);
    return line.startsWith('-A ') ? [{ table, rule: line }] : [];
  });
}
