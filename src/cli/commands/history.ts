import type { Control } from '../../control.ts';
import type { JournalEntry } from '../../model/journal.ts';
import type { ServiceStatus } from '../../model/status.ts';
import { formatToolChanges } from '../../model/tool-surface.ts';
import { say, sayJson, type CliCommand } from '../context.ts';
import { OK } from '../exit-code.ts';
import { listServices, openControl, type OpenedControl } from '../open-control.ts';
import { parseCount } from '../option-parsers.ts';
import { selectNames, takeServices, type SelectorOption } from '../select-services.ts';
import { formatTable } from '../terminal.ts';

const DEFAULT_LIMIT = 50;

interface HistoryOptions extends SelectorOption {
  readonly limit?: number;
}

/** Who did what when, and how it ended. */
export const historyCommand: CliCommand<HistoryOptions> = {
  define: (command) =>
    takeServices(command).option('--limit <n>', `at most so many (${DEFAULT_LIMIT})`, parseCount),
  examples: [
    ['history', 'the last steps of all services'],
    ['history echo --limit 5', 'the last five of one'],
  ],
  async run(context, { limit = DEFAULT_LIMIT, ...options }, names) {
    await using opened = await openControl(context);
    const selected = await selectNames(listServices(opened), names, options);
    const entries = await readEntries(opened.control, selected, limit);
    if (context.json) sayJson(context, entries);
    else say(context, formatHistory(entries, (await opened.control.status()).services, names));
    if (!context.json) for (const name of names) say(context, await tellReleases(opened, name));
    return OK;
  },
};

/** What a service can go back to, and what was given up. */
async function tellReleases({ control }: OpenedControl, name: string): Promise<string> {
  const releases = await control.releases(name);
  if (releases.length === 0) return `\nNo release of ${name} has proven itself yet.`;
  const rows = releases.map(({ release, image = '', atMs, standing, cause = '' }) => [
    release,
    `${new Date(atMs).toISOString().slice(0, 19)}Z`,
    standing,
    image,
    cause.replaceAll(/\s+/g, ' '),
  ]);
  return `\nReleases of ${name}:\n${formatTable([['RELEASE', 'SINCE', '', 'IMAGE', 'CAUSE'], ...rows])}`;
}

/** The newest of all the services together. */
async function readEntries(
  control: Control,
  names: readonly string[] | undefined,
  limit: number,
): Promise<readonly JournalEntry[]> {
  if (names === undefined) return control.history({ limit });
  const each = await Promise.all(names.map((service) => control.history({ service, limit })));
  const newestFirst = each.flat().toSorted((a, b) => b.atMs - a.atMs);
  return newestFirst.slice(0, limit);
}

/** Beside the steps of services that were named: what their tools are against those of the release before. */
function formatHistory(
  entries: readonly JournalEntry[],
  services: readonly ServiceStatus[],
  names: readonly string[],
): string {
  const steps = entries.length === 0 ? 'Nothing was done yet.' : formatEntries(entries);
  const tools = services.flatMap(({ name, toolsChange }) => {
    if (!toolsChange || !names.includes(name)) return [];
    const { release, before } = toolsChange;
    return [`Tools of ${name} in ${release} against ${before}: ${formatToolChanges(toolsChange)}`];
  });
  return [steps, ...tools].join('\n');
}

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
