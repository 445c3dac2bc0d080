import { openEngine } from '../../../src/adapters/podman/engine.ts';
import { takeEngineLease } from '../../../src/adapters/podman/engine-lease.ts';

// Takes the lease of a manager id, says so, and holds it until it is killed.
const [socket = '', managerId = '', stateFolder = ''] = process.argv.slice(2);
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const holder = {
  pid: process.pid,
  host: 'here',
  what: 'run',
  stateFolder,
  startedAtMs: Date.now(),
};
const options = { engine: openEngine({ socket }), managerId, holder, clock: Date.now, log: quiet };
await takeEngineLease(options, new AbortController().signal);
process.stdout.write('held\n');
setInterval(() => undefined, 60_000);
