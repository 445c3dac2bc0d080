import { cpus, loadavg } from 'node:os';
import { formatTable, type Table } from './table.ts';

/** The parts in the order of the report; each is loaded when it runs. */
const PARTS: Readonly<Record<string, () => Promise<readonly Table[]>>> = {
  passes: async () => (await import('./passes.ts')).measurePasses(),
  edit: async () => (await import('./edit.ts')).measureEdits(),
  kill: async () => (await import('./kill.ts')).measureKills(),
  footprint: async () => (await import('./footprint.ts')).measureFootprint(),
  commands: async () => (await import('./command-line.ts')).measureCommands(),
  store: async () => (await import('./store.ts')).measureStore(),
  api: async () => (await import('./api.ts')).measureApi(),
  bridge: async () => (await import('./bridge.ts')).measureBridge(),
  podman: async () => (await import('./podman/measure.ts')).measurePodman(),
};

await main(process.argv.slice(2));

/** Runs the parts that are named, or all, and prints a table for each. */
async function main(asked: readonly string[]): Promise<void> {
  const unknown = asked.filter((name) => !Object.hasOwn(PARTS, name));
  if (unknown.length > 0) {
    console.error(
      `no such part: ${unknown.join(', ')}; there are ${Object.keys(PARTS).join(', ')}`,
    );
    process.exitCode = 1;
    return;
  }
  // Who else runs on the machine shows in every figure but CPU.
  const load = loadavg()[0]?.toFixed(1);
  const date = new Date().toISOString().slice(0, 10);
  console.log(`${date}, Node ${process.version}, ${cpus().length} cores, load ${load} before\n`);
  for (const [name, run] of Object.entries(PARTS)) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    for (const table of await run()) console.log(formatTable(table));
  }
}
