import { join, relative } from 'node:path';
import type { Config } from '../config.ts';
import { createLoader } from '../desired/load.ts';
import { AppError } from '../errors.ts';
import type { Documents } from '../ports.ts';
import type { CliContext } from './context.ts';
import { loaderSettings, readDocuments } from './load-desired.ts';
import { unknownService } from './select-services.ts';

/** A new text, and the line that was changed; the same text when it said so before. */
export interface Edited {
  readonly text: string;
  readonly line: number;
}

export type Edit = (text: string, service: string) => Edited;

export interface EditedFile {
  /** Relative to where the person stands. */
  readonly file: string;
  readonly line: number;
  readonly changed: boolean;
}

/**
 * Edits the document that owns a service; all else in it stays byte for byte. Throws SERVICE_UNKNOWN
 * where no document names the service, DOCUMENT_CHANGED when somebody else wrote meanwhile.
 */
export async function editDocument(
  context: CliContext,
  service: string,
  edit: Edit,
): Promise<EditedFile> {
  const config = context.config();
  const documents = await context.openDocuments(config);
  const { file, text } = await findDocument(context, { config, documents, service });
  const edited = edit(text, service);
  const changed = edited.text !== text;
  if (changed) await documents.write(file, text, edited.text);
  const shown = relative(context.workingFolder, join(config.desiredFolder, file));
  return { file: shown, line: edited.line, changed };
}

interface Search {
  readonly config: Config;
  readonly documents: Documents;
  readonly service: string;
}

async function findDocument(
  context: CliContext,
  { config, documents, service }: Search,
): Promise<{ readonly file: string; readonly text: string }> {
  const set = await readDocuments(documents, context, config);
  const { services, problems } = createLoader(loaderSettings(config))(set);
  const owner =
    services.find(({ name }) => name === service)?.place.file ??
    problems.find((problem) => problem.service === service)?.file;
  if (owner === undefined) {
    throw unknownService(
      service,
      services.map(({ name }) => name),
    );
  }
  const source = set.documents.find(({ file }) => file === owner);
  if (source !== undefined && 'text' in source) return source;
  throw new AppError('DOCUMENTS_UNREADABLE', `${owner} cannot be read`, {
    hint: '`mcp-manager validate` tells why',
  });
}
