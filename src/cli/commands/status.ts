import { setTimeout as pause } from 'node:timers/promises';
import type { StatusReport } from '../../control.ts';
import { say, sayJson, sayJsonLine, type CliCommand, type CliContext } from '../context.ts';
import { OK } from '../exit-code.ts';
import { formatStatus } from '../format-status.ts';
import { openControl, type OpenedControl } from '../open-control.ts';
import { tellNoManager } from '../running-manager.ts';
import { selectServices, takeServices, type SelectorOption } from '../select-services.ts';

/** Often enough for a person, seldom enough for the manager. */
const WATCH_EVERY_MS = 1000;
/** Cursor to the top left, and what was below it is cleared. */
const REDRAW = '\u001B[H\u001B[J';

interface StatusOptions extends SelectorOption {
  readonly watch?: true;
}

/** One line per service, then the problems of the documents. */
export const statusCommand: CliCommand<StatusOptions> = {
  define: (command) => takeServices(command).option('-w, --watch', 'follow, until Ctrl-C'),
  examples: [
    ['status', 'all services'],
    ['status -l team=search -w', 'follows the services of one team'],
    ['status --json', 'by the schema `status`'],
  ],
  async run(context, options, names) {
    await using opened = await openControl(context);
    const read = (): Promise<StatusReport> => readReport(opened, options, names);
    const footer =
      opened.health === undefined ? `\n\n${await tellNoManager(context, NO_MANAGER)}` : '';
    if (options.watch === true) await watch(context, footer, read);
    else if (context.json) sayJson(context, await read());
    else say(context, format(context, footer, await read()));
    return OK;
  },
};

async function readReport(
  { control }: OpenedControl,
  options: SelectorOption,
  names: readonly string[],
): Promise<StatusReport> {
  const { services, problems, leftAlone } = await control.status();
  const selected = selectServices(services, names, options);
  const chosen = new Set(selected.map(({ name }) => name));
  const isAll = selected.length === services.length;
  const others = leftAlone.filter(({ service }) => isAll || chosen.has(service));
  return { services: selected, problems, leftAlone: others };
}

function format({ clock, paint }: CliContext, footer: string, report: StatusReport): string {
  return `${formatStatus(report, { nowMs: clock(), paint })}${footer}`;
}

const NO_MANAGER =
  'No manager is running: this was looked at just now, and nothing is kept so (`mcp-manager run`).';

/** Redraws on a terminal; elsewhere prints only what differs from before. */
async function watch(
  context: CliContext,
  footer: string,
  read: () => Promise<StatusReport>,
): Promise<void> {
  let before = '';
  while (!context.signal.aborted) {
    const report = await read();
    const now = JSON.stringify(report);
    const changed = now !== before;
    before = now;
    if (context.terminal.isTerminal && !context.json) {
      context.terminal.write(`${REDRAW}${format(context, footer, report)}\n`);
    } else if (changed && context.json) sayJsonLine(context, report);
    else if (changed) say(context, `${format(context, footer, report)}\n`);
    await pause(WATCH_EVERY_MS, undefined, { signal: context.signal }).catch(() => {});
  }
}
