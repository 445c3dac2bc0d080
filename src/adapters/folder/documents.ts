import type { Documents, DocumentSet } from '../../ports.ts';
import { createFolderOwner } from './folder-owner.ts';
import { createCommitReader } from './git-commit.ts';
import { createScanner } from './scan.ts';
import { createToolLockReader } from './tool-lock.ts';
import { watchFolders } from './watch.ts';
import { createWriter, isDocument, isTemplate } from './write.ts';

export interface FolderDocumentsOptions {
  /** Both absolute; neither needs to exist yet. */
  readonly desiredFolder: string;
  readonly templatesFolder: string;
}

/** Documents and templates in two folders of this machine. Opens nothing until it is asked. */
export function openFolderDocuments({
  desiredFolder,
  templatesFolder,
}: FolderDocumentsOptions): Documents {
  const scanDocuments = createScanner({
    folder: desiredFolder,
    extensions: ['.yaml', '.yml'],
    deep: true,
  });
  const scanTemplates = createScanner({
    folder: templatesFolder,
    extensions: ['.json'],
    deep: false,
  });
  const readToolLock = createToolLockReader(desiredFolder);
  const readCommit = createCommitReader(desiredFolder);
  const owner = createFolderOwner(desiredFolder);

  return {
    async read(signal): Promise<DocumentSet> {
      const [documents, templates, managerId, toolLock] = await Promise.all([
        scanDocuments(signal),
        scanTemplates(signal),
        owner.read(),
        readToolLock(signal),
      ]);
      if (!documents.ok) return { ok: false, cause: documents.cause };
      // No templates at all is a legal state: a service that names one is frozen on its own.
      if (!templates.ok && !templates.missing) return { ok: false, cause: templates.cause };
      const commit = await readCommit(documents.version, signal);
      return {
        ok: true,
        documentsFolder: desiredFolder,
        templatesFolder,
        documents: documents.files,
        templates: templates.ok ? templates.files : [],
        ...(toolLock && { toolLock }),
        ...(managerId !== undefined && { managerId }),
        ...(commit !== undefined && { commit }),
      };
    },
    watch: (wake, signal) => watchFolders({ desiredFolder, templatesFolder }, wake, signal),
    write: createWriter({
      folder: desiredFolder,
      what: 'document',
      isPlace: isDocument,
      requireSame: owner.requireSame,
    }),
    writeTemplate: createWriter({ folder: templatesFolder, what: 'template', isPlace: isTemplate }),
    ensureManagerId: owner.ensure,
  };
}
