import { AppError } from '../../errors.ts';
import { carryOut } from '../carry-out.ts';
import { say, sayJson, type CliCommand, type CliContext } from '../context.ts';
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
    if (!(await isConfirmed(context, options, names))) return FAILED;
    await using opened = await openToWrite(context, 'remove');
    const removed: Removed[] = [];
    for (const service of names) {
      // The request comes first: the moment the document changes, the gate must know the name.
      const volumes = options.volumes === true;
      const command = { kind: 'remove', service, volumes, by: context.by } as const;
      await opened.control.ask(command);
      const edited = await takeOut(context, service);
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

async function isConfirmed(
  context: CliContext,
  { yes, volumes }: RemoveOptions,
  names: readonly string[],
): Promise<boolean> {
  if (yes === true) return true;
  const { terminal, signal } = context;
  if (!terminal.canAsk || context.json) {
    throw new AppError('REFUSED', 'nobody can be asked here for approval', { hint: 'add --yes' });
  }
  const data = volumes === true ? ' with all data in their volumes' : '';
  const answer = await terminal.ask(`Remove ${names.join(', ')}${data}? (yes/no) `, signal);
  if (answer.trim() === 'yes') return true;
  say(context, 'Nothing was removed.');
  return false;
}
