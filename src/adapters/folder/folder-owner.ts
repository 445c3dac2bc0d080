import { AppError } from '../../errors.ts';
import { ensureManagerId, ID_FILE, readManagerId } from './manager-id.ts';

/** Whose a folder of documents is, remembered from when it was first seen: another may take its place. */
export interface FolderOwner {
  /** As it is now. */
  read(): Promise<string | undefined>;
  /** As `ensureManagerId`. */
  ensure(id: string): Promise<string>;
  /** Throws STATE_UNWRITABLE where the folder had an id, and another folder has taken its place. */
  requireSame(): Promise<void>;
}

export function createFolderOwner(folder: string): FolderOwner {
  let first: string | undefined;
  return {
    async read() {
      const id = await readManagerId(folder);
      first ??= id;
      return id;
    },
    async ensure(id) {
      first = await ensureManagerId(folder, id);
      return first;
    },
    async requireSame() {
      if (first === undefined) return;
      const found = await readManagerId(folder);
      if (found !== first) throw replaced(first, found);
    },
  };
}

function replaced(first: string, found: string | undefined): AppError {
  const whose = found === undefined ? 'of no manager' : `of the manager ${found}`;
  return new AppError(
    'STATE_UNWRITABLE',
    `the documents folder was replaced: the one in its place is ${whose}, and was of ${first}`,
    { hint: `put the former one back with its ${ID_FILE}, or start the manager again` },
  );
}
