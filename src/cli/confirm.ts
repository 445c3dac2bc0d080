import { AppError } from '../errors.ts';
import { say, type CliContext } from './context.ts';

/** Asks a person unless `yes` was said; only the word `yes` will do. Throws REFUSED where nobody can be asked. */
export async function isConfirmed(
  context: CliContext,
  yes: true | undefined,
  question: string,
): Promise<boolean> {
  if (yes === true) return true;
  const { terminal, signal, json } = context;
  if (!terminal.canAsk || json) {
    throw new AppError('REFUSED', 'nobody can be asked here for approval', { hint: 'add --yes' });
  }
  const answer = await terminal.ask(`${question} (yes/no) `, signal);
  if (answer.trim() === 'yes') return true;
  say(context, 'Nothing was removed.');
  return false;
}
