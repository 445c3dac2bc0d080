import { carryOut } from '../carry-out.ts';
import { isConfirmed } from '../confirm.ts';
import { say, sayJson, type CliCommand } from '../context.ts';
import { FAILED } from '../exit-code.ts';
import { openToWrite } from '../open-control.ts';
import { takeOut, type TakenOut } from '../take-out.ts';

interface RemoveOptions {
  readonly volumes?: true;
  readonly yes?: true;
}

/** Takes services out of their documents, and lets exactly them go. */
export const removeCommand: CliCommand<RemoveOptions> = {
  define: (command) =>
    command
      .argument('<names...>', 'services')
      .option('--volumes', 'remove their volumes too: their data is lost')
      .option('-y, --yes', 'do not ask'),
  examples: [
    ['remove echo', 'asks, removes it from its document and from the runtime'],
    ['remove echo --volumes --yes', 'with its data, without asking'],
  ],
  async run(context, options, names) {
    const question = toQuestion(names, options);
    if (!(await isConfirmed(context, options.yes, question))) return FAILED;
    await using opened = await openToWrite(context, 'remove');
    const removed: Removed[] = [];
    for (const service of names) {
      const volumes = options.volumes === true;
      const command = { kind: 'remove', service, volumes, by: context.by } as const;
      const edited = await takeOut(context, opened.control, command);
      removed.push({ service, ...edited });
      if (!context.json) say(context, formatRemoved(service, edited));
    }
    await opened.control.wake(names);
    const { code, ...result } = await carryOut(context, opened, names);
    if (context.json) sayJson(context, { removed, ...result });
    return code;
  },
};

interface Removed extends TakenOut {
  readonly service: string;
}

function formatRemoved(service: string, { file, line }: TakenOut): string {
  if (file === undefined) return `${service} is removed (no document named it).`;
  return `${service} is removed (was in ${file}:${line}).`;
}

function toQuestion(names: readonly string[], { volumes }: RemoveOptions): string {
  const data = volumes === true ? ' with all data in their volumes' : '';
  return `Remove ${names.join(', ')}${data}?`;
}
