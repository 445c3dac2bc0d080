import { AppError } from '../errors.ts';
import { say, type CliContext } from './context.ts';

/** Throws REFUSED with the way out where nobody can be asked. */
export function refuseWithoutTerminal({ terminal, json }: CliContext, hint: string): void {
  if (terminal.canAsk && !json) return;
  throw new AppError('REFUSED', 'nobody can be asked here for approval', { hint });
}

/** Only a whole yes is one. */
export async function isApproved(context: CliContext): Promise<boolean> {
  say(context, "\nDo you want to perform these actions?\n  Only 'yes' will be accepted.\n");
  const answer = await context.terminal.ask('  Enter a value: ', context.signal);
  if (answer.trim() === 'yes') return true;
  say(context, '\nNothing was done.');
  return false;
}
