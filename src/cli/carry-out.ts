import type { ApplyResult } from '../control.ts';
import { note, say, type CliContext } from './context.ts';
import { INTERRUPTED, OK } from './exit-code.ts';
import { followApply } from './follow-apply.ts';
import { exitCodeOfResult, formatResult } from './format-result.ts';
import type { OpenedControl } from './open-control.ts';
import { createProgress, SILENT } from './progress.ts';

export interface CarriedOut {
  readonly code: number;
  /** Absent under a manager, which does it by itself. */
  readonly result?: ApplyResult;
}

/** Does at once what was asked of these services, where no manager runs that would. */
export async function carryOut(
  context: CliContext,
  opened: OpenedControl,
  names: readonly string[],
): Promise<CarriedOut> {
  if (!opened.alone) return { code: OK };
  const { by, signal } = context;
  const messages = opened.control.apply({ names, wait: true, by }, signal);
  const progress = context.json ? SILENT : createProgress(context);
  const result = await followApply(context, messages, progress);
  if (result === undefined) return { code: INTERRUPTED };
  if (!context.json) say(context, formatResult(result, context.paint));
  await tellAlone(context, opened);
  return { code: exitCodeOfResult(result), result };
}

/** What a person must know who works without a manager. */
export async function tellAlone(context: CliContext, opened: OpenedControl): Promise<void> {
  if (!opened.alone || context.json) return;
  const { troubles } = await opened.control.health();
  for (const trouble of troubles) note(context, `\nNote: ${trouble}`);
  note(context, '\nNo manager is running: nothing is kept so from now on (`mcp-manager run`).');
}
