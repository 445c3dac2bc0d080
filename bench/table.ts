import type { Spread } from './measure.ts';

/** One table of the report: a title, what was done, and rows of text. */
export interface Table {
  readonly title: string;
  /** How it was measured, and what stands beside it. */
  readonly notes: readonly string[];
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The table as Markdown with padded columns, so that it also reads well on a terminal. */
export function formatTable({ title, notes, columns, rows }: Table): string {
  const lines = [columns, ...rows];
  const widths = columns.map((_, column) =>
    Math.max(3, ...lines.map((row) => (row[column] ?? '').length)),
  );
  const toLine = (row: readonly string[]): string =>
    `| ${widths.map((width, column) => pad(row[column] ?? '', width, column)).join(' | ')} |`;
  const rule = widths.map((width, column) =>
    column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [
    `## ${title}`,
    '',
    ...notes.flatMap((note) => [note, '']),
    toLine(columns),
    `| ${rule.join(' | ')} |`,
    ...rows.map(toLine),
    '',
  ].join('\n');
}

/** Milliseconds as `12.3`. */
export function formatMs(ms: number): string {
  return ms.toFixed(ms < 100 ? 1 : 0);
}

/** Median with least and most: `12.3 (11.8–14.0)`. */
export function formatSpread({ median, min, max }: Spread): string {
  return `${formatMs(median)} (${formatMs(min)}–${formatMs(max)})`;
}

function pad(text: string, width: number, column: number): string {
  return column === 0 ? text.padEnd(width) : text.padStart(width);
}
