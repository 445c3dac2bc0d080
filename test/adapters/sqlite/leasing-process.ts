import { takeLease } from '../../../src/adapters/sqlite/lease.ts';

// Takes the lease, says so, and stays until its standard input ends.
const [stateFolder] = process.argv.slice(2);
if (stateFolder === undefined) throw new Error('usage: leasing-process.ts FOLDER');
takeLease({
  stateFolder,
  holder: { pid: process.pid, host: 'elsewhere', what: 'apply', startedAtMs: 0 },
});
process.stdout.write('held\n');
process.stdin.resume();
