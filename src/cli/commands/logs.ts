import type { LogRequest } from '../../ports.ts';
import { say, sayJsonLine, type CliCommand } from '../context.ts';
import { OK } from '../exit-code.ts';
import { listServices, openControl } from '../open-control.ts';
import { parseCount, parseSpan } from '../option-parsers.ts';
import { selectServices } from '../select-services.ts';

interface LogOptions {
  readonly follow?: true;
  readonly tail?: number;
  readonly since?: number;
}

/** The output of one service's instances. */
export const logsCommand: CliCommand<LogOptions> = {
  define: (command) =>
    command
      .argument('<name>', 'the service')
      .option('-f, --follow', 'go on, until Ctrl-C')
      .option('--tail <n>', 'only the last lines', parseCount)
      .option('--since <span>', 'only what is younger: 30s, 10m, 2h', parseSpan),
  examples: [
    ['logs echo --tail 50', 'the last fifty lines'],
    ['logs echo -f --since 10m', 'what it wrote in ten minutes, and what it writes'],
  ],
  async run(context, options, [name = '']) {
    await using opened = await openControl(context);
    selectServices(await listServices(opened)(), [name], {});
    const request = toRequest(options, context.clock());
    for await (const line of opened.control.logs(name, request, context.signal)) {
      if (context.json) sayJsonLine(context, line);
      else say(context, line.text);
    }
    return OK;
  },
};

function toRequest({ follow, tail, since }: LogOptions, nowMs: number): LogRequest {
  return {
    follow: follow === true,
    ...(tail !== undefined && { tail }),
    ...(since !== undefined && { sinceMs: nowMs - since }),
  };
}
