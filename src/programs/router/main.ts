import { PORT_TAKEN_EXIT_CODE } from '../../model/router-program.ts';
import { PortTaken } from './listen.ts';
import { parseOptions } from './options.ts';
import { openRouter } from './router.ts';
import { watchPlace } from './watch-place.ts';

/** After SIGTERM requests in flight may still end; a stream has no end of its own. */
const GRACE_MS = 2_000;
/** The program that started us is gone: nothing may be left a second later. */
const ORPHAN_GRACE_MS = 500;

try {
  const options = parseOptions(process.argv.slice(2));
  const router = await openRouter(options, (line) => process.stderr.write(`${line}\n`));
  const end = (graceMs: number): void => {
    setTimeout(() => process.exit(0), graceMs);
    void router.close().finally(() => process.exit(0));
  };
  process.on('SIGTERM', () => end(GRACE_MS));
  process.on('SIGINT', () => end(GRACE_MS));
  if (options.keep) {
    // Whoever reads this may have gone, and with him the other end of the pipes.
    for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
    // Without its socket no manager finds it any more, and it would hold its port for ever.
    watchPlace(options.controlSocket, () => end(GRACE_MS));
  } else {
    process.stdin.once('end', () => end(ORPHAN_GRACE_MS)).once('error', () => end(ORPHAN_GRACE_MS));
    process.stdin.resume();
  }
  // The one line on stdout: whoever started us knows by it that requests are taken.
  process.stdout.write(`${JSON.stringify({ listening: router.port })}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(error instanceof PortTaken ? PORT_TAKEN_EXIT_CODE : 1);
}
