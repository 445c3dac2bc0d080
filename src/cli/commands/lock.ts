import { join, relative } from 'node:path';
import type { RecordedTools } from '../../control.ts';
import { formatToolLock, parseToolLock } from '../../desired/tool-lock.ts';
import { AppError } from '../../errors.ts';
import { LOCK_FILE } from '../../model/tool-lock.ts';
import {
  compareTools,
  formatToolChanges,
  type ToolChanges,
  type ToolSurface,
} from '../../model/tool-surface.ts';
import { say, sayJson, type CliCommand, type CliContext } from '../context.ts';
import { OK } from '../exit-code.ts';
import { readDocuments } from '../load-desired.ts';
import { listServices, openControl } from '../open-control.ts';
import { selectServices, takeServices, type SelectorOption } from '../select-services.ts';

/** Approves the tools of services as they were found last, in the file that is reviewed with the documents. */
export const lockCommand: CliCommand<SelectorOption> = {
  worksHere: { why: 'it writes a file beside the documents', variable: 'refused' },
  define: (command) => takeServices(command),
  examples: [
    ['lock echo', `writes its tools into ${LOCK_FILE}, beside the documents`],
    ['lock', 'those of all services'],
  ],
  async run(context, options, names) {
    await using opened = await openControl(context);
    const selected = selectServices(await listServices(opened)(), names, options);
    const recorded = await opened.control.recordedTools();
    const known = new Map(recorded.map((one) => [one.service, one]));
    if (names.length > 0) names.forEach((name) => requireRecorded(name, known));
    const approved = selected.flatMap(({ name }) => known.get(name) ?? []);
    const written = approved.length === 0 ? [] : await writeLock(context, approved);
    await opened.control.wake();
    if (context.json) sayJson(context, { file: LOCK_FILE, services: written });
    else say(context, formatWritten(context, written));
    return OK;
  },
};

interface Written {
  readonly service: string;
  readonly tools: number;
  /** From what was approved before; absent where nothing was, or where it is the same. */
  readonly changes?: ToolChanges;
}

/** Approvals of other services stay as they are. */
async function writeLock(
  context: CliContext,
  approved: readonly RecordedTools[],
): Promise<readonly Written[]> {
  const config = context.config();
  const documents = await context.openDocuments(config);
  const { toolLock: source } = await readDocuments(documents, context, config);
  const before = source === undefined ? new Map() : readApproved(parseToolLock(source));
  const services = new Map<string, ToolSurface>(before);
  for (const { service, tools } of approved) services.set(service, tools);
  const text = source !== undefined && 'text' in source ? source.text : undefined;
  await documents.write(LOCK_FILE, text, formatToolLock(services));
  return approved.map(({ service, tools }) => {
    const old = before.get(service);
    const changes = old && compareTools(old, tools);
    return { service, tools: Object.keys(tools).length, ...(changes && { changes }) };
  });
}

function readApproved(parsed: ReturnType<typeof parseToolLock>): Map<string, ToolSurface> {
  if ('services' in parsed) {
    return new Map([...parsed.services].map(([name, { tools }]) => [name, tools]));
  }
  throw new AppError('REFUSED', `${LOCK_FILE} cannot be used: ${parsed.mistake}`, {
    hint: 'take it from Git again, or delete it and lock all services anew',
  });
}

function requireRecorded(name: string, known: ReadonlyMap<string, RecordedTools>): void {
  if (known.has(name)) return;
  throw new AppError('REFUSED', `the tools of ${name} are not known: it was never verified`, {
    hint: `\`mcp-manager get ${name}\` tells why`,
  });
}

function formatWritten(context: CliContext, written: readonly Written[]): string {
  if (written.length === 0) return 'No tools of any service are known yet: nothing was written.';
  const file = relative(context.workingFolder, join(context.config().desiredFolder, LOCK_FILE));
  const lines = written.map(({ service, tools, changes }) => {
    const count = `${tools} ${tools === 1 ? 'tool' : 'tools'} approved`;
    return `${service}: ${count}${changes ? ` (${formatToolChanges(changes)})` : ''}.`;
  });
  return [...lines, `Review and commit ${file}.`].join('\n');
}
