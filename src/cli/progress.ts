import type { CloudEvent } from '../model/event.ts';
import type { Clock } from '../ports.ts';
import type { Paint } from '../plan/format-symbol.ts';
import { formatEvent, shortType } from './format-event.ts';
import { formatSpan } from '../plan/format-span.ts';
import { formatTable, type Terminal } from './terminal.ts';

/** Elapsed time is shown in seconds. */
const REDRAW_EVERY_MS = 1000;
/** Lines of a terminal that the progress leaves free. */
const ROWS_KEPT_FREE = 4;

export interface Progress {
  readonly tell: (event: CloudEvent) => void;
  /** Leaves the last state on the screen. */
  readonly end: () => void;
}

export interface ProgressOptions {
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly paint: Paint;
}

/** For a command that answers with one document. */
export const SILENT: Progress = { tell: () => {}, end: () => {} };

/** What is under way: one updating line per service on a terminal, plain lines elsewhere. */
export function createProgress(options: ProgressOptions): Progress {
  return options.terminal.isTerminal ? createLiveProgress(options) : createPlainProgress(options);
}

function createPlainProgress({ terminal, paint }: ProgressOptions): Progress {
  return { tell: (event) => terminal.write(`${formatEvent(event, paint)}\n`), end() {} };
}

interface Line {
  readonly beganMs: number;
  readonly words: string;
  readonly endedMs?: number;
}

function createLiveProgress({ terminal, clock, paint }: ProgressOptions): Progress {
  const lines = new Map<string, Line>();
  let drawn = 0;
  const draw = (): void => {
    const shown = [...lines].slice(-Math.max(1, terminal.rows - ROWS_KEPT_FREE));
    const rows = shown.map(([name, line]) => toRow(name, line, clock()));
    const up = drawn === 0 ? '' : `\u001B[${drawn}A`;
    drawn = rows.length;
    // Each line is cut: one that wraps would be drawn over its neighbour.
    const table = formatTable(rows)
      .split('\n')
      .map((row) => row.slice(0, terminal.columns - 1));
    terminal.write(`${up}${table.map((row) => `${row}\u001B[K\n`).join('')}`);
  };
  const timer = setInterval(() => lines.size > 0 && draw(), REDRAW_EVERY_MS);
  return {
    tell(event) {
      const { subject } = event;
      if (subject === undefined) return;
      lines.set(subject, toLine(event, lines.get(subject), clock()));
      draw();
    },
    end() {
      clearInterval(timer);
      if (lines.size > 0) draw();
      if (lines.size === 0) terminal.write(paint('dim', 'Nothing happened.\n'));
    },
  };
}

const LAST_EVENTS = /^service\.(verified|routed|updated|stopped|removed|failed|rolledback)$/;

function toLine(event: CloudEvent, before: Line | undefined, nowMs: number): Line {
  const type = shortType(event);
  return {
    beganMs: before?.beganMs ?? nowMs,
    words: formatEvent(event, plain).split(' ').slice(2).join(' '),
    ...(LAST_EVENTS.test(type) && { endedMs: nowMs }),
  };
}

function toRow(name: string, line: Line, nowMs: number): readonly string[] {
  const span = formatSpan((line.endedMs ?? nowMs) - line.beganMs);
  return [`  ${name}`, span, line.words];
}

const plain: Paint = (_style, text) => text;
