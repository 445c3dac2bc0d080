import { AppError } from '../../errors.ts';
import type { CliCommand } from '../context.ts';
import { openControl } from '../open-control.ts';
import type { SelectorOption } from '../select-services.ts';
import { createAskCommand } from './ask.ts';

const ask = createAskCommand({
  kind: 'update',
  done: 'will roll to the newest image of its name',
  examples: [['update echo', 'pulls, and replaces only when the image differs']],
});

/** Looks again for what a moving tag points at. A child process has no image to look for. */
export const updateCommand: CliCommand<SelectorOption> = {
  ...ask,
  async run(context, options, names) {
    await refuseOnProcess(context);
    return ask.run(context, options, names);
  },
};

async function refuseOnProcess(context: Parameters<typeof ask.run>[0]): Promise<void> {
  await using opened = await openControl(context);
  if (opened.runtime !== 'process') return;
  throw new AppError('NOT_SUPPORTED', '`update` looks for images, which child processes have not', {
    hint: 'it works on Podman and Kubernetes; here: `mcp-manager restart NAME`',
  });
}
