import { join, relative } from 'node:path';
import { LOCK_FILE, type ToolApproval } from '../../model/tool-lock.ts';
import { formatToolChanges } from '../../model/tool-surface.ts';
import { say, sayJson, type CliCommand, type CliContext } from '../context.ts';
import { OK } from '../exit-code.ts';
import { listServices, openToWrite, type OpenedControl } from '../open-control.ts';
import { selectServices, takeServices, type SelectorOption } from '../select-services.ts';

/** Approves the tools of services as they were found last, in the file that is reviewed with the documents. */
export const lockCommand: CliCommand<SelectorOption> = {
  define: (command) => takeServices(command),
  examples: [
    ['lock echo', `writes its tools into ${LOCK_FILE}, beside the documents`],
    ['lock', 'those of all services'],
  ],
  async run(context, options, names) {
    await using opened = await openToWrite(context, 'lock');
    const approvals: ToolApproval[] = [];
    for (const service of await select(opened, options, names)) {
      const approval = await opened.control.approveTools(service);
      approvals.push(approval);
      if (!context.json) say(context, formatApproval(approval));
    }
    if (context.json) sayJson(context, { file: LOCK_FILE, services: approvals });
    else say(context, approvals.length === 0 ? NOTHING_KNOWN : toNext(context));
    return OK;
  },
};

/** Whoever is named is meant; of all others those whose tools are known. */
async function select(
  opened: OpenedControl,
  options: SelectorOption,
  names: readonly string[],
): Promise<readonly string[]> {
  const selected = selectServices(await listServices(opened)(), names, options);
  const wanted = selected.map(({ name }) => name);
  if (names.length > 0) return wanted;
  const recorded = await opened.control.recordedTools();
  const known = new Set(recorded.map(({ service }) => service));
  return wanted.filter((name) => known.has(name));
}

const NOTHING_KNOWN = 'No tools of any service are known yet: nothing was written.';

function formatApproval({ service, tools, changes }: ToolApproval): string {
  const count = `${tools} ${tools === 1 ? 'tool' : 'tools'} approved`;
  return `${service}: ${count}${changes ? ` (${formatToolChanges(changes)})` : ''}.`;
}

function toNext(context: CliContext): string {
  if (context.server) return `Review and commit ${LOCK_FILE}, where the manager runs.`;
  const { desiredFolder } = context.config();
  return `Review and commit ${relative(context.workingFolder, join(desiredFolder, LOCK_FILE))}.`;
}
