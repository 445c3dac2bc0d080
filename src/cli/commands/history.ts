import type { JournalEntry } from '../../model/journal.ts';
import { say, sayJson, type CliCommand } from '../context.ts';
import { OK } from '../exit-code.ts';
import { openControl } from '../open-control.ts';
import { parseCount } from '../option-parsers.ts';
import { formatTable } from '../terminal.ts';

const DEFAULT_LIMIT = 50;

interface HistoryOptions {
  readonly limit?: number;
}

/** Who did what when, and how it ended. */
export const historyCommand: CliCommand<HistoryOptions> = {
  define: (command) =>
    command
      .argument('[name]', 'only one service')
      .option('--limit <n>', `at most so many (${DEFAULT_LIMIT})`, parseCount),
  examples: [
    ['history', 'the last steps of all services'],
    ['history echo --limit 5', 'the last five of one'],
  ],
  async run(context, { limit = DEFAULT_LIMIT }, [service]) {
    await using opened = await openControl(context);
    const query = service === undefined ? { limit } : { service, limit };
    const entries = await opened.control.history(query);
    if (context.json) sayJson(context, entries);
    else say(context, entries.length === 0 ? 'Nothing was done yet.' : formatEntries(entries));
    return OK;
  },
};

function formatEntries(entries: readonly JournalEntry[]): string {
  const rows = entries.map(({ atMs, service, kind, target, cause, ...entry }) => [
    `${new Date(atMs).toISOString().slice(0, 19)}Z`,
    service,
    kind,
    target,
    formatResult(entry, atMs),
    [cause, entry.message ?? []].flat().join(': ').replaceAll(/\s+/g, ' '),
  ]);
  return formatTable([['TIME', 'SERVICE', 'STEP', 'TARGET', 'RESULT', 'CAUSE'], ...rows]);
}

function formatResult(
  { result, endedAtMs, code }: Pick<JournalEntry, 'result' | 'endedAtMs' | 'code'>,
  atMs: number,
): string {
  if (result === undefined) return 'under way';
  const took = endedAtMs === undefined ? '' : ` in ${endedAtMs - atMs} ms`;
  return `${result}${code === undefined ? '' : ` ${code}`}${took}`;
}
