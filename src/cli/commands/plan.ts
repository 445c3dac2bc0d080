import type { PlanRequest } from '../../control.ts';
import { AppError } from '../../errors.ts';
import type { PlanDocument } from '../../model/plan-document.ts';
import { hasChanges } from '../../plan/document.ts';
import { formatPlanDocument } from '../../plan/format.ts';
import { note, say, sayJson, type CliCommand, type CliContext } from '../context.ts';
import { OK } from '../exit-code.ts';
import { listServices, openControl, type OpenedControl } from '../open-control.ts';
import { parseCount } from '../option-parsers.ts';
import { writePlanFile } from '../plan-file.ts';
import { selectNames, takeServices, type SelectorOption } from '../select-services.ts';

interface PlanOptions extends SelectorOption {
  readonly out?: string;
  readonly detailedExitcode?: true;
  readonly allowRemovals?: number;
}

/** Shows what would be done. Changes nothing, and needs no running manager. */
export const planCommand: CliCommand<PlanOptions> = {
  define: (command) =>
    takeServices(command)
      .option('--out <file>', 'save the plan, for `apply FILE`')
      .option('--detailed-exitcode', 'exit code 0: no changes, 1: error, 2: changes')
      .option('--allow-removals <n>', 'let at most so many services go', parseCount),
  examples: [
    ['plan', 'what would be done for all services'],
    ['plan echo search', 'for these two only'],
    ['plan --out change.json && mcp-manager apply change.json', 'exactly what was read'],
  ],
  async run(context, options, names) {
    await using opened = await openControl(context);
    if (options.out !== undefined) refuseUnderManager(opened);
    const document = await opened.control.plan(await toRequest(opened, options, names));
    if (options.out !== undefined) await writePlanFile(options.out, document);
    printPlan(context, document, options.out);
    return options.detailedExitcode === true && hasChanges(document) ? 2 : OK;
  },
};

/** A manager that applies by itself makes every saved plan stale before anyone has read it. */
function refuseUnderManager({ health }: OpenedControl): void {
  if (health?.mode !== 'auto') return;
  throw new AppError(
    'REFUSED',
    `a saved plan makes no sense here: the manager (pid ${health.pid}) applies by itself`,
    { hint: 'start it with `mcp-manager run --approve`, or leave --out away' },
  );
}

async function toRequest(
  opened: OpenedControl,
  options: PlanOptions,
  names: readonly string[],
): Promise<PlanRequest> {
  const selected = await selectNames(listServices(opened), names, options);
  const { allowRemovals } = options;
  return {
    ...(selected !== undefined && { names: selected }),
    ...(allowRemovals !== undefined && { allowRemovals }),
  };
}

function printPlan(context: CliContext, document: PlanDocument, out: string | undefined): void {
  if (context.json) return sayJson(context, document);
  const { color } = context;
  say(context, formatPlanDocument(document, { color, saved: out !== undefined }));
  if (out !== undefined)
    note(context, `\nSaved to ${out}. To carry it out: mcp-manager apply ${out}`);
}
