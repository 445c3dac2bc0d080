import { formatPlanDocument } from '../../plan/format.ts';
import { say, sayJson, type CliCommand } from '../context.ts';
import { OK } from '../exit-code.ts';
import { readPlanFile } from '../plan-file.ts';

/** Prints a saved plan; asks nobody. */
export const showCommand: CliCommand = {
  worksHere: { why: 'it reads a file that lies here', variable: 'ignored' },
  define: (command) => command.argument('<file>', 'what `plan --out` wrote'),
  examples: [
    ['show change.json', 'reads a saved plan again'],
    ['show change.json --json', 'for a policy tool'],
  ],
  async run(context, _options, [file = '']) {
    const document = await readPlanFile(file);
    if (context.json) sayJson(context, document);
    else say(context, formatPlanDocument(document, { color: context.color, saved: true }));
    return OK;
  },
};
