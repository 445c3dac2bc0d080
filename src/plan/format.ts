import { styleText } from 'node:util';
import type { ChangeDocument, PlanDocument } from '../model/plan-document.ts';
import { formatProblem } from '../model/problem.ts';
import { formatChange } from './format-change.ts';
import { formatDriftSections } from './format-drift.ts';
import {
  formatBlocked,
  formatLeftAlone,
  formatSummary,
  formatTools,
  formatWaiting,
} from './format-sections.ts';
import { oneLine } from './format-line.ts';
import { type Paint, symbolOf } from './format-symbol.ts';

export interface FormatOptions {
  readonly color: boolean;
  /** The plan was saved, or is applied at once: no note that it may come out differently. */
  readonly saved?: boolean;
}

/** The plan as a person reads it, in Terraform's form. Ends without a newline. The JSON is the contract. */
export function formatPlanDocument(document: PlanDocument, options: FormatOptions): string {
  const paint = createPaint(options.color);
  const blocked = document.changes.filter(({ gate }) => gate !== undefined);
  const changes = document.changes.filter(({ change }) => !change.actions.includes('no-op'));
  const sections = [
    ...formatDriftSections(document.drift, paint),
    ...formatChanges(changes, document, paint),
    ...formatBlocked(blocked, paint),
    ...formatWaiting(document, paint),
    ...formatLeftAlone(document.leftAlone, paint),
    ...formatTools(document, paint),
    ...formatProblems(document, paint),
    ...formatSummary(document, { paint, saved: options.saved === true }),
  ];
  return sections.join('\n\n');
}

/** Colour is asked for, never guessed from a terminal: the same call gives the same text. */
function createPaint(color: boolean): Paint {
  if (!color) return (_style, text) => text;
  return (style, text) => styleText(style, text, { validateStream: false });
}

function formatChanges(
  changes: readonly ChangeDocument[],
  { createdAt }: PlanDocument,
  paint: Paint,
): readonly string[] {
  if (changes.length === 0) return [];
  const symbols = new Map(
    changes.map(({ change }) => symbolOf(change.actions)).map((symbol) => [symbol.text, symbol]),
  );
  const legend = [...symbols.values()].map(
    ({ text, style, meaning }) => `${paint(style, text.padStart(3))} ${meaning}`,
  );
  return [
    ['Actions are indicated with the following symbols:', ...legend].join('\n'),
    'mcp-manager will perform the following actions:',
    ...changes.map((change) => formatChange(change, { createdAt, paint })),
  ];
}

function formatProblems({ problems }: PlanDocument, paint: Paint): readonly string[] {
  if (problems.length === 0) return [];
  const lines = problems.map((problem) => `  ${oneLine(formatProblem(problem))}`);
  return [[paint('red', 'Problems:'), ...lines].join('\n')];
}
