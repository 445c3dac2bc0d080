import type { ApplyRequest } from '../../control.ts';
import { AppError } from '../../errors.ts';
import type { PlanDocument } from '../../model/plan-document.ts';
import { hasChanges } from '../../plan/document.ts';
import { formatPlanDocument } from '../../plan/format.ts';
import { isApproved, refuseWithoutTerminal } from '../ask-approval.ts';
import { tellAlone } from '../carry-out.ts';
import { say, sayJsonLine, type CliCommand, type CliContext } from '../context.ts';
import { INTERRUPTED } from '../exit-code.ts';
import { exitCodeOfResult, formatResult } from '../format-result.ts';
import { followApply } from '../follow-apply.ts';
import { listServices, openToAct, type OpenedControl } from '../open-control.ts';
import { parseCount, parseSelector } from '../option-parsers.ts';
import { readPlanFile } from '../plan-file.ts';
import { selectNames, type SelectorOption } from '../select-services.ts';

interface ApplyOptions extends SelectorOption {
  readonly autoApprove?: true;
  readonly wait: boolean;
  readonly allowRemovals?: number;
  readonly service?: readonly string[];
}

/** Carries out a plan after it was read and approved, and waits until all is well. */
export const applyCommand: CliCommand<ApplyOptions> = {
  define: (command) =>
    command
      .argument('[file]', 'a plan that `plan --out` saved: it was approved by being saved')
      .option('--auto-approve', 'do not ask')
      .option('--wait', 'wait until the services are verified (default)', true)
      .option('--no-wait', 'do not wait until the services are verified')
      .option('--allow-removals <n>', 'let at most so many services go', parseCount)
      .option('--service <names>', 'only these services, separated by commas', parseNames)
      .option('-l, --selector <key=value>', 'only services with this label', parseSelector),
  examples: [
    ['apply', 'shows the plan, asks, and carries it out'],
    ['apply change.json', 'carries out exactly the saved plan, or refuses when it is stale'],
    ['apply --auto-approve --json', 'for a pipeline: events and the result, one object a line'],
  ],
  async run(context, options, [file]) {
    const saved = file === undefined ? undefined : await readPlanFile(file);
    await using opened = await openToAct(context, 'apply');
    if (opened.alone && !options.wait) refuseNotToWait();
    const request = await toRequest(opened, context, options);
    const plan = saved ?? (await approve(context, opened, { request, options }));
    if (plan === 'refused') return 1;
    const wanted = plan === undefined ? request : { ...request, plan };
    const result = await followApply(context, opened.control.apply(wanted, context.signal));
    if (result === undefined) return INTERRUPTED;
    if (context.json) sayJsonLine(context, { result });
    else say(context, formatResult(result, context.paint));
    await tellAlone(context, opened);
    return exitCodeOfResult(result);
  },
};

function refuseNotToWait(): never {
  throw new AppError('REFUSED', 'no manager is running that would do the rest', {
    hint: 'leave --no-wait away, or start `mcp-manager run`',
  });
}

async function toRequest(
  opened: OpenedControl,
  { by }: CliContext,
  options: ApplyOptions,
): Promise<ApplyRequest> {
  const { wait, allowRemovals, service = [] } = options;
  const names = await selectNames(listServices(opened), service, options);
  return {
    wait,
    by,
    ...(names !== undefined && { names }),
    ...(allowRemovals !== undefined && { allowRemovals }),
  };
}

interface Approval {
  readonly request: ApplyRequest;
  readonly options: ApplyOptions;
}

const UNASKED = 'add --auto-approve, or apply a saved plan: `mcp-manager apply FILE`';

/** The plan that was approved; undefined where a manager decides and applies by itself. */
async function approve(
  context: CliContext,
  { control, health }: OpenedControl,
  { request, options }: Approval,
): Promise<PlanDocument | undefined | 'refused'> {
  if (health?.mode === 'auto') return undefined;
  const asks = options.autoApprove !== true;
  if (asks) refuseWithoutTerminal(context, UNASKED);
  const { names, allowRemovals } = request;
  const plan = await control.plan({
    ...(names !== undefined && { names }),
    ...(allowRemovals !== undefined && { allowRemovals }),
  });
  if (!context.json) say(context, formatPlanDocument(plan, { color: context.color, saved: true }));
  if (!asks || !hasChanges(plan)) return plan;
  return (await isApproved(context)) ? plan : 'refused';
}

function parseNames(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...text.split(',').filter((name) => name !== '')];
}
