import { AppError } from '../../errors.ts';
import { carryOut } from '../carry-out.ts';
import { say, sayJson, type CliCommand } from '../context.ts';
import { openToWrite } from '../open-control.ts';
import { takeOut } from '../take-out.ts';

/** Takes services out of their documents and lets what runs of them run on, no longer ours. */
export const forgetCommand: CliCommand = {
  define: (command) => command.argument('<names...>', 'services'),
  examples: [['forget echo', 'it runs on, renamed, and nobody here looks after it any more']],
  async run(context, _options, names) {
    await using opened = await openToWrite(context, 'forget');
    if (opened.runtime === 'process') {
      throw new AppError('NOT_SUPPORTED', 'a child process cannot outlive its manager', {
        hint: 'to let it go for good: `mcp-manager remove NAME`',
      });
    }
    for (const service of names) {
      await takeOut(context, opened.control, { kind: 'forget', service, by: context.by });
      if (!context.json) say(context, `${service} is let go: it runs on without us.`);
    }
    await opened.control.wake(names);
    const { code, ...result } = await carryOut(context, opened, names);
    if (context.json) sayJson(context, { forgotten: names, ...result });
    return code;
  },
};
