import { join, relative } from 'node:path';
import type { Config } from '../config.ts';
import { createLoader } from '../desired/load.ts';
import { AppError } from '../errors.ts';
import type { Place, Problem } from '../model/problem.ts';
import type { Documents } from '../ports.ts';
import type { CliContext } from './context.ts';
import { loaderSettings, readDocuments } from './load-desired.ts';
import { unknownService } from './select-services.ts';

/** The new text, or why it cannot be edited exactly. */
export type Edit = (text: string, file: string) => string | Problem;

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
  const { file, text, place } = await findDocument(context, { config, documents, service });
  const shown = relative(context.workingFolder, join(config.desiredFolder, file));
  const edited = edit(text, shown);
  if (typeof edited !== 'string') throw toRefused(edited);
  const changed = edited !== text;
  if (changed) await documents.write(file, text, edited);
  return { file: shown, line: changed ? firstDifference(text, edited) : place.line, changed };
}

interface Found {
  readonly file: string;
  readonly text: string;
  readonly place: Place;
}

interface Search {
  readonly config: Config;
  readonly documents: Documents;
  readonly service: string;
}

async function findDocument(
  context: CliContext,
  { config, documents, service }: Search,
): Promise<Found> {
  const set = await readDocuments(documents, context, config);
  const { services, problems } = createLoader(loaderSettings(config))(set);
  const place: Place | undefined =
    services.find(({ name }) => name === service)?.place ??
    problems.find((problem) => problem.service === service);
  if (place === undefined) {
    throw unknownService(
      service,
      services.map(({ name }) => name),
    );
  }
  const source = set.documents.find(({ file }) => file === place.file);
  if (source !== undefined && 'text' in source) return { ...source, place };
  throw new AppError('DOCUMENTS_UNREADABLE', `${place.file} cannot be read`, {
    hint: '`mcp-manager validate` tells why',
  });
}

function toRefused({ file, message, hint }: Problem): AppError {
  return new AppError('REFUSED', `${file}: ${message}`, hint === undefined ? {} : { hint });
}

/** The first line, counted from 1, in which two texts differ. */
function firstDifference(before: string, after: string): number {
  const lines = before.split('\n');
  return after.split('\n').findIndex((line, index) => line !== lines[index]) + 1 || lines.length;
}
