import { randomUUID } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { writeFileAtomically } from '../../atomic-file.ts';
import { firstDocument, SCHEMA_FILE } from '../../desired/first-document.ts';
import { AppError } from '../../errors.ts';
import { say, sayJson, type CliCommand, type CliContext } from '../context.ts';
import { OK } from '../exit-code.ts';
import { readDocuments } from '../load-desired.ts';

const FIRST_FILE = 'services.yaml';

/** Makes the folder, its first document and its manager id; what is there already stays. */
export const initCommand: CliCommand = {
  worksHere: { why: 'it makes documents in a folder here', variable: 'ignored' },
  define: (command) => command,
  examples: [
    ['init', 'makes ./desired'],
    ['init --desired fleet', 'makes another folder'],
  ],
  async run(context) {
    const config = context.config();
    await makeFolder(config.desiredFolder);
    const documents = await context.openDocuments(config);
    const found = await readDocuments(documents, context, config);
    const empty = found.documents.length === 0;
    if (empty) await documents.write(FIRST_FILE, undefined, firstDocument());
    if (empty) await copySchema(context, config.desiredFolder);
    const managerId = config.managerId ?? (await documents.ensureManagerId(randomUUID()));
    const file = join(config.desiredFolder, FIRST_FILE);
    if (context.json) sayJson(context, { managerId, ...(empty && { created: file }) });
    else tellNext(context, { managerId, folder: config.desiredFolder, ...(empty && { file }) });
    return OK;
  },
};

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw new AppError('DOCUMENTS_UNREADABLE', `the folder ${folder} could not be made`, {
      cause: error,
      hint: error instanceof Error ? error.message : String(error),
    });
  }
}

/** Editors complete and explain the documents by it. */
async function copySchema({ schemasFolder }: CliContext, desiredFolder: string): Promise<void> {
  const text = await readFile(join(schemasFolder, 'desired.schema.json'), 'utf8');
  await writeFileAtomically(join(desiredFolder, SCHEMA_FILE), text);
}

interface Made {
  readonly managerId: string;
  readonly folder: string;
  readonly file?: string;
}

function tellNext(context: CliContext, { managerId, folder, file }: Made): void {
  const short = relative(context.workingFolder, folder) || '.';
  const flag = short === 'desired' ? '' : ` --desired ${short}`;
  say(
    context,
    file === undefined
      ? `${short} has documents already: they stay as they are. Manager id: ${managerId}.`
      : `Made ${relative(context.workingFolder, file)}. Manager id: ${managerId}.`,
  );
  say(
    context,
    [
      '',
      'Next:',
      `  mcp-manager validate${flag}                   check the documents`,
      `  mcp-manager plan${flag} --runtime process     see what would be done`,
      `  mcp-manager run${flag} --runtime process      keep it running (Ctrl-C ends it)`,
    ].join('\n'),
  );
}
