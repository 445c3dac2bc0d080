// bridge [--flags] -- COMMAND ARGS…   serves a stdio MCP server over Streamable HTTP; --help says more
import { openBridge } from './bridge.ts';
import { childrenThatFit, readGroupLimits } from './capacity.ts';
import { createLog } from './log.ts';
import { childEnvironment, helpText, parseOptions } from './options.ts';

const log = createLog((line) => process.stderr.write(line), Date.now);
// Whoever reads this may have gone.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

try {
  const options = parseOptions(
    process.argv.slice(2),
    process.env,
    childrenThatFit(readGroupLimits()),
  );
  if (options === 'help') process.stdout.write(helpText());
  else {
    const environment = childEnvironment(process.env);
    const bridge = await openBridge({ options, environment, log });
    const end = (signal: string): void => {
      log.say('ending', { signal });
      void bridge.close().finally(() => process.exit(0));
    };
    // Not once: a second signal would end us before our children.
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, end);
    // The one line on stdout: whoever started us knows by it that requests are taken.
    process.stdout.write(`${JSON.stringify({ listening: bridge.port })}\n`);
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
