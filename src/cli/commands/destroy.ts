import { AppError } from '../../errors.ts';
import { say, type CliCommand } from '../context.ts';
import { OK } from '../exit-code.ts';
import { findManager } from '../open-control.ts';

/** Removes everything of this fleet. Refused while a manager runs: it would bring all back. */
export const destroyCommand: CliCommand = {
  define: (command) => command,
  examples: [['destroy', 'after the manager was stopped']],
  async run(context) {
    const running = await findManager(context, context.config());
    if (running !== undefined) {
      const { pid } = running.health;
      throw new AppError('REFUSED', `a manager runs (pid ${pid}) and would bring all back`, {
        hint: `stop it first: scripts/stop.sh, or kill -TERM ${pid}`,
      });
    }
    say(context, 'Nothing is left running: child processes end with their manager.');
    return OK;
  },
};
