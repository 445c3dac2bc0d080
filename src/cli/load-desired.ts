import type { Config } from '../config.ts';
import type { LoaderSettings } from '../desired/expand.ts';
import { createLoader } from '../desired/load.ts';
import { AppError } from '../errors.ts';
import type { Desired } from '../model/service.ts';
import type { Documents, DocumentSet } from '../ports.ts';
import type { CliContext } from './context.ts';

/** What documents may name in this version. */
const RUNTIMES = ['podman', 'process', 'memory'] as const;

/** The documents as they are now, checked. Throws DOCUMENTS_UNREADABLE where the folder cannot be seen. */
export async function loadDesired(context: CliContext, config: Config): Promise<Desired> {
  const documents = await context.openDocuments(config);
  const load = createLoader(loaderSettings(config));
  return load(await readDocuments(documents, context, config));
}

/** All files of the documents folder, or DOCUMENTS_UNREADABLE with a way out. */
export async function readDocuments(
  documents: Documents,
  { signal }: Pick<CliContext, 'signal'>,
  { desiredFolder }: Config,
): Promise<DocumentSet & { readonly ok: true }> {
  const set = await documents.read(signal);
  if (set.ok) return set;
  throw new AppError('DOCUMENTS_UNREADABLE', `${desiredFolder}: ${set.cause}`, {
    hint: '`mcp-manager init` makes a folder; --desired names another',
  });
}

/** By what a document is checked where no runtime is asked. */
export function loaderSettings({ runtime = 'process', policy }: Config): LoaderSettings {
  return { runtime, runtimes: RUNTIMES, policy };
}
