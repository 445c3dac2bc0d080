import { openStore } from '../../../src/adapters/sqlite/store.ts';

// Opens the file when its standard input ends, so that several do so at once, and says its producer.
const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('usage: opening-process.ts FILE');
process.stdout.write('ready\n');
process.stdin.resume().once('end', () => {
  const store = openStore({ file, source: '/test', clock: Date.now, keepUndelivered: true });
  process.stdout.write(`${store.producer}\n`);
  store.close();
});
