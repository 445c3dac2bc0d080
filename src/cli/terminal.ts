import { styleText } from 'node:util';
import type { Paint } from '../plan/format-symbol.ts';

/** Where a command speaks to: its product on standard output, everything else on standard error. */
export interface Terminal {
  readonly write: (text: string) => void;
  readonly writeError: (text: string) => void;
  /** A person reads the output. */
  readonly isTerminal: boolean;
  /** A person can be asked. */
  readonly canAsk: boolean;
  readonly columns: number;
  readonly rows: number;
  /** One line from the person; empty when the input has ended. */
  readonly ask: (question: string, signal: AbortSignal) => Promise<string>;
}

/** Styles for people, or plain text where colour was not asked for. */
export function createPaint(color: boolean): Paint {
  if (!color) return (_style, text) => text;
  return (style, text) => styleText(style, text, { validateStream: false });
}

/** Rows as aligned columns, two blanks apart; the last column is never padded. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_cell, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
