import type { NewEvent } from '../model/event.ts';
import type { Clock, Documents, DocumentSet, Log } from '../ports.ts';
import type { CommitQueue } from './commit-queue.ts';
import { withWorkspace, type WorkspaceOf } from './workspace-of.ts';

export interface TellOptions extends Omit<HandEditOptions, 'tell'> {
  readonly commits: CommitQueue;
  readonly log: Log;
  /** Who only looks writes nothing, and tells nothing. */
  readonly isLive: () => boolean;
  readonly workspaceOf: WorkspaceOf;
}

/** The same documents; edits by hand become events while a manager runs. */
export function tellHandEdits(options: TellOptions): Documents {
  const { commits, log, isLive, workspaceOf } = options;
  const tell = (event: NewEvent): void => {
    if (!isLive()) return;
    commits
      .commit(`edit of ${event.subject}`, () => [
        { kind: 'event', event: withWorkspace(event, workspaceOf) },
      ])
      .catch((err: unknown) => log.error({ err }, 'an edit by hand could not be told'));
  };
  return watchHandEdits({ ...options, tell });
}

interface HandEditOptions {
  readonly documents: Documents;
  readonly clock: Clock;
  /** Must not throw. */
  readonly tell: (event: NewEvent) => void;
}

type Texts = ReadonlyMap<string, string>;

/**
 * The same documents; whoever else than this manager edits one of those that it writes for programs is told of. What
 * was edited while none ran is taken as it is.
 */
export function watchHandEdits({ documents, clock, tell }: HandEditOptions): Documents {
  let seen: Texts | undefined;
  let begun = 0;
  let newest = 0;
  /** Of our own writes, until they are seen; undefined: it goes. */
  const ours = new Map<string, string | undefined>();

  function look(set: DocumentSet): void {
    if (!set.ok) return;
    const before = seen;
    seen = textsOfPrograms(set);
    if (before === undefined) return;
    for (const file of new Set([...before.keys(), ...seen.keys()])) {
      const text = seen.get(file);
      if (text === before.get(file)) continue;
      if (!(ours.has(file) && ours.get(file) === text)) tell(toEvent(file, clock()));
      ours.delete(file);
    }
  }

  return {
    ...documents,
    async read(signal) {
      begun += 1;
      const mine = begun;
      const set = await documents.read(signal);
      // Of two that overlap, the one that began earlier may end later, and show what was before.
      if (mine > newest) look(set);
      newest = Math.max(newest, mine);
      return set;
    },
    write(file, expected, text) {
      // Before it is done: whoever reads meanwhile sees it already.
      ours.set(file, text);
      return documents.write(file, expected, text).catch((error: unknown) => {
        // Unless somebody wrote since.
        if (ours.get(file) === text) ours.delete(file);
        throw error;
      });
    },
  };
}

function textsOfPrograms({ documents }: DocumentSet & { readonly ok: true }): Texts {
  return new Map(
    documents.flatMap((source) =>
      'text' in source && OF_PROGRAM.test(source.file) ? [[source.file, source.text] as const] : [],
    ),
  );
}

const OF_PROGRAM = /^(?:api|core)\/(?<service>.+)\.ya?ml$/;

function toEvent(file: string, timeMs: number): NewEvent {
  const subject = OF_PROGRAM.exec(file)?.groups?.['service'];
  return {
    type: 'document.edited',
    timeMs,
    ...(subject !== undefined && { subject }),
    data: { file },
  };
}
