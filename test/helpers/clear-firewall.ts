import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Removes the rules for addresses in `10.N.0.0/16`. Engines share the firewall's chain of a network's
 * name, and netavark gives up midway at one that rules of another engine are in: its own rules stay.
 */
export async function clearFirewall(number: number): Promise<void> {
  const { stdout } = await run('iptables-save');
  for (const { table, rule } of rulesOf(stdout)) {
    if (rule.includes(` 10.${number}.`)) {
      await run('iptables', ['-w', '-t', table, ...rule.replace('-A', '-D').split(' ')]);
    }
  }
}

function rulesOf(saved: string): readonly { readonly table: string; readonly rule: string }[] {
  let table = '';
  return saved.split('\n').flatMap((line) => {
    if (line.startsWith('*')) table = line.slice(1);
    return line.startsWith('-A ') ? [{ table, rule: line }] : [];
  });
}
