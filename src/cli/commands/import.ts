import { AppError } from '../../errors.ts';
import type { CliCommand } from '../context.ts';

/** Takes over a running container. Needs a runtime that has containers. */
export const importCommand: CliCommand = {
  define: (command) =>
    command
      .argument('<container>', 'id or name of what runs')
      .option('--as <name>', 'name of the service'),
  examples: [['import old-echo --as echo', 'takes over the container old-echo (Podman)']],
  async run(context) {
    const { runtime = 'process' } = context.config();
    throw new AppError('NOT_SUPPORTED', `nothing can be imported on the runtime ${runtime}`, {
      hint: 'it works on Podman, in a later version; write the service into a document instead',
    });
  },
};
