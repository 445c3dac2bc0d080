import type { ChangeDocument, PlanDocument } from '../../model/plan-document.ts';
import { hasChanges } from '../../plan/document.ts';
import { formatDriftSections } from '../../plan/format-drift.ts';
import { formatFields } from '../../plan/format-fields.ts';
import { headlineOf } from '../../plan/format-headline.ts';
import { say, sayJson, type CliCommand, type CliContext } from '../context.ts';
import { FAILED, OK } from '../exit-code.ts';
import { listServices, openControl } from '../open-control.ts';
import { selectNames, takeServices, type SelectorOption } from '../select-services.ts';

/** Field by field what differs. Exit codes as diff(1): 0 none, 1 differences, 2 error. */
export const diffCommand: CliCommand<SelectorOption> = {
  define: (command) => takeServices(command),
  errorCode: 2,
  examples: [
    ['diff', 'all differences; exit code 0: none, 1: some, 2: error'],
    ['diff echo', 'those of one service'],
  ],
  async run(context, options, names) {
    await using opened = await openControl(context);
    const selected = await selectNames(listServices(opened), names, options);
    const document = await opened.control.plan(selected === undefined ? {} : { names: selected });
    const { changes, drift } = document;
    if (context.json) sayJson(context, { changes, drift });
    else printDifferences(context, document);
    return hasChanges(document) || drift.length > 0 ? FAILED : OK;
  },
};

function printDifferences(context: CliContext, { changes, drift }: PlanDocument): void {
  const sections = [
    ...formatDriftSections(drift, context.paint),
    ...changes.map((change) => formatDifference(change, context)),
  ];
  say(context, sections.length === 0 ? 'No differences.' : sections.join('\n\n'));
}

function formatDifference(change: ChangeDocument, { paint }: CliContext): string {
  const fields = formatFields(change, paint);
  return [`${paint('bold', change.service)} ${headlineOf(change)}`, ...fields].join('\n');
}
