import { openStore } from '../../../src/adapters/sqlite/store.ts';

// Commits without end and says after each commit how far it is, until it is killed.
const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('usage: committing-process.ts FILE');
const store = openStore({ file, source: '/test', clock: Date.now, keepUndelivered: true });
for (let count = 1; ; count += 1) {
  store.commit([
    { kind: 'event', event: { type: 'step.started', timeMs: count, subject: 'echo', data: {} } },
    { kind: 'history', service: 'echo', history: { changedAtMs: count } },
  ]);
  process.stdout.write(`${count}\n`);
}
