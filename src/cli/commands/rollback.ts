import { carryOut } from '../carry-out.ts';
import { say, sayJson, type CliCommand } from '../context.ts';
import { openToAct } from '../open-control.ts';

interface RollbackOptions {
  readonly to?: string;
}

/** Leaves a request; it holds until the document of the service is another one. */
export const rollbackCommand: CliCommand<RollbackOptions> = {
  define: (command) =>
    command
      .argument('<name>')
      .option('--to <release>', 'this release, or the beginning of its name; see `history NAME`'),
  examples: [
    ['rollback echo', 'the last good release but the one that runs'],
    ['rollback echo --to r1-5be2', 'this one; also forward again'],
    ['history echo', 'what there is to go back to'],
  ],
  async run(context, { to }, [service = '']) {
    await using opened = await openToAct(context, 'rollback');
    const { by } = context;
    await opened.control.ask({ kind: 'rollback', service, ...(to !== undefined && { to }), by });
    if (!context.json)
      say(context, `${service} goes back, and stays so until its document changes.`);
    const { code, ...result } = await carryOut(context, opened, [service]);
    if (context.json) sayJson(context, { kind: 'rollback', service, ...result });
    return code;
  },
};
