import type { Audit } from '../access-ports.ts';
import { toAuditEvent } from '../model/audit.ts';
import type { Clock, Log } from '../ports.ts';
import type { CommitQueue } from './commit-queue.ts';
import { withWorkspace, type WorkspaceOf } from './workspace-of.ts';

export interface AuditOptions {
  readonly commits: CommitQueue;
  readonly workspaceOf: WorkspaceOf;
  readonly clock: Clock;
  readonly log: Log;
}

/** Audit entries that wait to be written; a disk that takes none must not fill the memory. */
const MOST_WAITING = 1_000;

/** Keeps entries as events, beside all others. What cannot be kept is in the log. */
export function createAudit({ commits, workspaceOf, clock, log }: AuditOptions): Audit {
  let waiting = 0;
  return (entry) => {
    if (waiting === MOST_WAITING) {
      log.error({ ...entry }, 'a request could not be recorded: too many wait');
      return;
    }
    waiting += 1;
    const event = withWorkspace(toAuditEvent(entry, clock()), workspaceOf);
    commits
      .commit(`request ${waiting}`, () => [{ kind: 'event', event }])
      .catch((err: unknown) => log.error({ ...entry, err }, 'a request could not be recorded'))
      .finally(() => {
        waiting -= 1;
      });
  };
}
