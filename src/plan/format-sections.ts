import type { ChangeDocument, PlanDocument, PlanSummary } from '../model/plan-document.ts';
import type { LeftAlone } from '../model/plan.ts';
import { formatToolChanges } from '../model/tool-surface.ts';
import { hasChanges } from './document.ts';
import { oneLine } from './format-line.ts';
import type { Paint } from './format-symbol.ts';
import { formatUntil } from './format-time.ts';

/** What is held back, the services of one gate together, and how to let them pass. */
export function formatBlocked(changes: readonly ChangeDocument[], paint: Paint): readonly string[] {
  const groups = Map.groupBy(changes, ({ gate }) =>
    JSON.stringify([gate?.code, gate?.cause, gate?.allow]),
  );
  const lines = [...groups.values()].flatMap(([first, ...others]) => {
    if (first?.gate === undefined) return [];
    const names = [first, ...others].map(({ service }) => service).join(', ');
    return [
      `  ${paint('bold', names)}`,
      `      ${paint('red', 'removal blocked:')} ${oneLine(`${first.gate.cause} (${first.gate.code})`)}`,
      `      to allow it: ${oneLine(first.gate.allow)}`,
    ];
  });
  return lines.length === 0 ? [] : [['Held back:', ...lines].join('\n')];
}

/** Which services wait before their next step, for what, and until when. */
export function formatWaiting(
  { waiting, createdAt }: PlanDocument,
  paint: Paint,
): readonly string[] {
  if (waiting.length === 0) return [];
  const lines = waiting.map(({ service, cause, until }) => {
    const end = until === undefined ? '' : ` (${formatUntil(until, createdAt)})`;
    return `  ${paint('bold', service)}: ${oneLine(cause)}${end}`;
  });
  return [['Waiting:', ...lines].join('\n')];
}

/** What is seen and never touched, each with what a person may do about it. */
export function formatLeftAlone(
  leftAlone: readonly LeftAlone[] | undefined,
  paint: Paint,
): readonly string[] {
  if (leftAlone === undefined || leftAlone.length === 0) return [];
  const lines = leftAlone.map(({ kind, name, cause, allow }) =>
    oneLine(`  ${kind} ${paint('bold', name)}: ${cause} (${allow})`),
  );
  return [['Left alone:', ...lines].join('\n')];
}

/** What became of the tools of services. */
export function formatTools({ tools = [] }: PlanDocument, paint: Paint): readonly string[] {
  if (tools.length === 0) return [];
  const lines = tools.flatMap(({ service, change, unapproved }) => [
    ...(change ? [`  ${paint('bold', service)}: ${formatToolChanges(change)}`] : []),
    ...(unapproved
      ? [
          `  ${paint('bold', service)}: not approved: ${formatToolChanges(unapproved)} (\`mcp-manager lock ${service}\` approves them)`,
        ]
      : []),
  ]);
  return [['Tools:', ...lines].join('\n')];
}

interface SummaryOptions {
  readonly paint: Paint;
  readonly saved: boolean;
}

/** The last lines: the counts, or that there is nothing to do. */
export function formatSummary(
  document: PlanDocument,
  { paint, saved }: SummaryOptions,
): readonly string[] {
  if (!hasChanges(document)) {
    const { drift, waiting, problems } = document;
    const matches = drift.length + waiting.length + problems.length === 0;
    const rest = matches ? 'Your services match the documents.' : 'Nothing can be done now.';
    return [`${paint('green', 'No changes.')} ${rest}`];
  }
  const counts = `${paint('bold', 'Plan:')} ${formatCounts(document.summary)}.`;
  const commit = formatCommit(document);
  return [commit === '' ? counts : `${counts}\n${commit}`, ...(saved ? [] : [NOTE])];
}

const NOTE = `Note: You didn't use the --out option to save this plan, so mcp-manager can't guarantee to take
exactly these actions if you run "mcp-manager apply" now.`;

function formatCounts(summary: PlanSummary): string {
  const counts = [
    ...(summary.import > 0 ? [`${summary.import} to import`] : []),
    `${summary.create} to create`,
    `${summary.update} to change`,
    `${summary.replace} to replace`,
    `${summary.remove} to remove`,
    ...(summary.forget > 0 ? [`${summary.forget} to forget`] : []),
    ...(summary.blocked > 0 ? [`${summary.blocked} held back`] : []),
  ];
  return counts.join(', ');
}

function formatCommit({ commit }: PlanDocument): string {
  if (commit === undefined) return '';
  const dirty = commit.dirty ? ', with changes that are not committed' : '';
  return `Documents: commit ${oneLine(commit.id)}${dirty}.`;
}
