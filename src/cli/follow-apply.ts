import type { ApplyMessage, ApplyResult } from '../control.ts';
import { AppError } from '../errors.ts';
import { sayJsonLine, type CliContext } from './context.ts';
import { createProgress, type Progress } from './progress.ts';

/**
 * Tells what happens until the result comes. Undefined when the person did not wait for it. Throws
 * MANAGER_UNREACHABLE when there never was one.
 */
export async function followApply(
  context: CliContext,
  messages: AsyncIterable<ApplyMessage>,
  progress: Progress = context.json ? tellLines(context) : createProgress(context),
): Promise<ApplyResult | undefined> {
  try {
    for await (const message of messages) {
      if (message.kind === 'result') return message.result;
      progress.tell(message.event);
    }
  } finally {
    progress.end();
  }
  if (context.signal.aborted) return undefined;
  throw new AppError('MANAGER_UNREACHABLE', 'the manager went away before there was a result', {
    hint: '`mcp-manager status` tells what became of it',
  });
}

/** One event a line. */
function tellLines(context: CliContext): Progress {
  return { tell: (event) => sayJsonLine(context, event), end: () => {} };
}
