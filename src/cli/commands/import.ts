import { isAbsolute, join, relative } from 'node:path';
import type { ImportDraft, ImportRequest } from '../../control.ts';
import { AppError } from '../../errors.ts';
import { formatPlanDocument } from '../../plan/format.ts';
import { isApproved, refuseWithoutTerminal } from '../ask-approval.ts';
import { tellAlone } from '../carry-out.ts';
import { note, say, sayJsonLine, type CliCommand, type CliContext } from '../context.ts';
import { FAILED, INTERRUPTED } from '../exit-code.ts';
import { followApply } from '../follow-apply.ts';
import { exitCodeOfResult, formatResult } from '../format-result.ts';
import { openToWrite, type OpenedControl } from '../open-control.ts';
import { parsePort } from '../option-parsers.ts';

interface ImportOptions {
  readonly as?: string;
  readonly port?: number;
  readonly path?: string;
  readonly autoApprove?: true;
}

/** Takes over a running container: writes its document, and the plan does the rest. */
export const importCommand: CliCommand<ImportOptions> = {
  define: (command) =>
    command
      .argument('<container>', 'id or name of what runs')
      .requiredOption('--as <name>', 'name of the service')
      .option('--port <n>', 'port at which its server listens, where that is not clear', parsePort)
      .option('--path <path>', 'path of its MCP endpoint (default: /mcp)')
      .option('--auto-approve', 'do not ask'),
  examples: [
    ['import old-echo --as echo', 'shows the document and the plan, asks, and takes it over'],
    ['import 3f4e8b2d9c1a --as search --port 8080 --path /', 'says where its server answers'],
  ],
  async run(context, options, [container = '']) {
    const { as: service = '', port, path, autoApprove } = options;
    await using opened = await openToWrite(context, 'import');
    if (opened.runtime === 'process') {
      throw new AppError('NOT_SUPPORTED', 'nothing can be imported on the runtime process', {
        hint: 'it works on Podman; write the service into a document instead',
      });
    }
    const asks = autoApprove !== true;
    if (asks) refuseWithoutTerminal(context, 'add --auto-approve');
    const request: ImportRequest = {
      container,
      service,
      ...(port !== undefined && { port }),
      ...(path !== undefined && { path }),
    };
    const draft = await opened.control.draftImport(request);
    show(context, draft);
    if (asks && !(await isApproved(context))) return FAILED;
    return await takeOver(context, opened, { request, draft });
  },
};

interface Approved {
  readonly request: ImportRequest;
  readonly draft: ImportDraft;
}

async function takeOver(
  context: CliContext,
  opened: OpenedControl,
  { request, draft }: Approved,
): Promise<number> {
  const { control } = opened;
  await control.importContainer({ ...request, container: draft.containerId });
  if (!context.json) say(context, `\n${placeOf(context, draft)} is written.`);
  const wanted = { names: [request.service], wait: true, by: context.by };
  const result = await followApply(context, control.apply(wanted, context.signal));
  if (result === undefined) return INTERRUPTED;
  if (context.json) sayJsonLine(context, { result });
  else say(context, formatResult(result, context.paint));
  await tellAlone(context, opened);
  return exitCodeOfResult(result);
}

function show(context: CliContext, draft: ImportDraft): void {
  const { text, secrets, notes, plan } = draft;
  if (context.json) return sayJsonLine(context, { draft });
  say(context, formatPlanDocument(plan, { color: context.color, saved: true }));
  say(context, `\n${context.paint('bold', placeOf(context, draft))}:\n\n${indent(text)}`);
  if (secrets.length > 0) {
    const list = secrets.map(({ variable, reference }) => `\n  ${variable} as ${reference}`);
    say(context, `\nThese values look secret and are kept in the state folder:${list.join('')}`);
  }
  for (const told of notes) note(context, `${context.paint('yellow', 'Note:')} ${told}`);
}

function placeOf({ server, config, workingFolder }: CliContext, { file }: ImportDraft): string {
  if (server) return file;
  const path = relative(workingFolder, join(config().desiredFolder, file));
  return isAbsolute(path) ? file : path;
}

function indent(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}
