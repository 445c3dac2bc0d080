import type { ListedTool, ToolReport } from '../../control.ts';
import { toLine } from '../../model/plain-text.ts';
import { say, sayJson, type CliCommand, type CliContext } from '../context.ts';
import { OK } from '../exit-code.ts';
import { openControl } from '../open-control.ts';
import { formatTable } from '../terminal.ts';

const LONGEST_NAME = 64;
const LONGEST_DESCRIPTION = 100;

/** What a service offers now, and whether that was approved. */
export const toolsCommand: CliCommand = {
  define: (command) => command.argument('<name>', 'the service'),
  examples: [
    ['tools echo', 'its tools, what they say of themselves, and how they stand to the lock'],
    ['tools echo --json', 'the same with their schemas'],
  ],
  async run(context, _options, [name = '']) {
    await using opened = await openControl(context);
    const report = await opened.control.tools(name);
    if (context.json) sayJson(context, report);
    else say(context, formatReport(report, context));
    return OK;
  },
};

function formatReport({ service, lock, tools, missing }: ToolReport, context: CliContext): string {
  const rows = tools.map((tool) => [
    toLine(tool.name, LONGEST_NAME),
    tool.standing,
    toLine(tool.description ?? tool.title ?? '', LONGEST_DESCRIPTION),
  ]);
  const gone = missing.map((tool) => [toLine(tool, LONGEST_NAME), 'removed', '']);
  const all = [...rows, ...gone];
  const table = all.length === 0 ? `${service} lists no tools.` : formatTable([HEAD, ...all]);
  const differs = gone.length > 0 || tools.some(isUnapproved);
  if (!differs) return table;
  const what = `${service} does not offer what was approved (verify.lock: ${lock}).`;
  return `${table}\n${context.paint('yellow', what)} \`mcp-manager lock ${service}\` approves it.`;
}

const HEAD = ['TOOL', 'LOCK', 'DESCRIPTION'];

function isUnapproved({ standing }: ListedTool): boolean {
  return standing === 'added' || standing === 'changed';
}
