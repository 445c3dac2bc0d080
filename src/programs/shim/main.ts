// shim run MARKER    runs one program for the manager on the other end of the IPC pipe
// shim sweep MARKER  ends everything that carries the marker and prints how much that was
import { run } from './run.ts';
import { sweep } from './sweep.ts';

const [mode, marker = ''] = process.argv.slice(2);
if (marker === '') throw new Error('usage: shim run|sweep MARKER');
if (mode === 'sweep') process.stdout.write(`${await sweep(marker)}\n`);
else {
  await run(marker);
  // Programs that left the group may still hold our output; nothing is to be waited for.
  process.exit();
}
