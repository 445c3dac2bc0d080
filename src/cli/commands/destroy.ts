import type { ApplyResult, StatusReport } from '../../control.ts';
import { AppError } from '../../errors.ts';
import type { PlanDocument } from '../../model/plan-document.ts';
import { formatPlanDocument } from '../../plan/format.ts';
import { isConfirmed } from '../confirm.ts';
import { note, say, sayJson, type CliCommand, type CliContext } from '../context.ts';
import { FAILED, INTERRUPTED, OK } from '../exit-code.ts';
import { followApply } from '../follow-apply.ts';
import { exitCodeOfResult, formatResult } from '../format-result.ts';
import { openToDestroy, type OpenedControl } from '../open-control.ts';
import { findManager } from '../running-manager.ts';
import { createProgress, SILENT } from '../progress.ts';

interface DestroyOptions {
  readonly volumes?: true;
  readonly yes?: true;
}

/** Removes everything of this fleet. Refused while a manager runs: it would bring all back. */
export const destroyCommand: CliCommand<DestroyOptions> = {
  worksHere: { why: 'it acts where the manager has run', variable: 'refused' },
  define: (command) =>
    command
      .option('--volumes', 'remove the volumes too: their data is lost')
      .option('-y, --yes', 'do not ask'),
  examples: [
    ['destroy', 'after the manager was stopped: shows what would go, and asks'],
    ['destroy --volumes --yes', 'with all data, without asking'],
  ],
  async run(context, options) {
    await refuseUnderManager(context);
    await using opened = await openToDestroy(context);
    if (opened === undefined) return tellNothing(context);
    const services = servicesOf(await opened.control.status(), options);
    if (services.length > 0 && !(await isWanted(context, opened, options))) return FAILED;
    const result = await remove(context, opened, { services, options });
    if (result === 'interrupted') return INTERRUPTED;
    const code = result === undefined ? OK : exitCodeOfResult(result);
    if (code === OK) await context.endRouter((await opened.control.health()).stateFolder);
    if (context.json) sayJson(context, { destroyed: services, ...(result && { result }) });
    else await tell(context, opened, { code, result });
    return code;
  },
};

async function refuseUnderManager(context: CliContext): Promise<void> {
  const running = await findManager(context, context.config());
  if (running === undefined) return;
  const { pid } = running.health;
  throw new AppError('REFUSED', `a manager runs (pid ${pid}) and would bring all back`, {
    hint: `stop it first: scripts/stop.sh, or kill -TERM ${pid}`,
  });
}

function tellNothing(context: CliContext): number {
  if (context.json) sayJson(context, { destroyed: [] });
  else say(context, 'Nothing is left running: child processes end with their manager.');
  return OK;
}

/** Everything that is known, and with the volumes whoever has left one. */
function servicesOf(
  { services, leftAlone }: StatusReport,
  { volumes }: DestroyOptions,
): readonly string[] {
  const owners = leftAlone.flatMap((left) =>
    left.kind === 'volume' && volumes === true ? [left.service] : [],
  );
  return [...new Set([...services.map(({ name }) => name), ...owners])].toSorted();
}

/** Shows what goes and asks. Throws REFUSED where something may not go. */
async function isWanted(
  context: CliContext,
  { control }: OpenedControl,
  { volumes, yes }: DestroyOptions,
): Promise<boolean> {
  const plan = await control.plan({ allowRemovals: Number.MAX_SAFE_INTEGER });
  if (!context.json) say(context, formatPlanDocument(plan, { color: context.color, saved: true }));
  refuseHeld(plan);
  const data = volumes === true ? ', with all data in the volumes' : '';
  return isConfirmed(context, yes, `\nRemove everything of this fleet${data}?`);
}

function refuseHeld({ changes }: PlanDocument): void {
  const held = changes.find(({ gate }) => gate !== undefined);
  if (held?.gate === undefined) return;
  throw new AppError('REFUSED', `${held.service} may not go: ${held.gate.cause}`, {
    hint: held.gate.allow,
  });
}

interface Removal {
  readonly services: readonly string[];
  readonly options: DestroyOptions;
}

async function remove(
  context: CliContext,
  { control }: OpenedControl,
  { services, options }: Removal,
): Promise<ApplyResult | 'interrupted' | undefined> {
  if (services.length === 0) return undefined;
  const { by, signal } = context;
  const volumes = options.volumes === true;
  for (const service of services) {
    await control.ask({ kind: 'unpause', service, by });
    await control.ask({ kind: 'remove', service, volumes, by });
  }
  const progress = context.json ? SILENT : createProgress(context);
  const messages = control.apply({ names: services, wait: true, by }, signal);
  return (await followApply(context, messages, progress)) ?? 'interrupted';
}

interface Told {
  readonly code: number;
  readonly result: ApplyResult | undefined;
}

async function tell(
  context: CliContext,
  { control }: OpenedControl,
  { code, result }: Told,
): Promise<void> {
  if (code !== OK && result) return say(context, formatResult(result, context.paint));
  say(context, 'Nothing of this fleet is left running, and no router.');
  const { leftAlone } = await control.status();
  const volumes = leftAlone.filter(({ kind }) => kind === 'volume').map(({ name }) => name);
  if (volumes.length === 0) return;
  note(
    context,
    `Volumes stay with their data: ${volumes.join(', ')}. \`destroy --volumes\` removes them.`,
  );
}
