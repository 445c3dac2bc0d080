import { Option } from 'commander';
import type { Origin } from '../../model/service.ts';
import { carryOut } from '../carry-out.ts';
import { say, sayJson, type CliCommand } from '../context.ts';
import { openToWrite } from '../open-control.ts';

interface TransferOptions {
  readonly to: Origin;
}

const OWNERS = { file: 'people', api: 'the API', core: 'the platform' } as const;

/** Moves a service into a document of another owner, and wakes the manager. */
export const transferCommand: CliCommand<TransferOptions> = {
  define: (command) =>
    command
      .argument('<name>')
      .addOption(
        new Option('--to <owner>', 'who shall own it: `file` is people')
          .choices(Object.keys(OWNERS))
          .makeOptionMandatory(),
      ),
  examples: [
    ['transfer echo --to api', 'from now on the API writes it; its address stays'],
    ['transfer echo --to file', 'from now on people edit it, in `desired/echo.yaml`'],
  ],
  async run(context, { to }, [service = '']) {
    await using opened = await openToWrite(context, 'transfer');
    const { by } = context;
    const { kind, declared } = await opened.control.transfer({ service, to, by });
    const file = declared?.file ?? '';
    if (!context.json) {
      const verb = kind === 'unchanged' ? 'belongs to' : 'belongs now to';
      say(context, `${service} ${verb} ${OWNERS[to]} (${file}).`);
    }
    const { code, ...result } = await carryOut(context, opened, [service]);
    if (context.json) sayJson(context, { kind, service, to, file, ...result });
    return code;
  },
};
