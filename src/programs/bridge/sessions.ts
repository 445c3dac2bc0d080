import { randomUUID } from 'node:crypto';
import { isLegacyVersion, NEWEST_LEGACY_VERSION } from './eras.ts';
import type { Request } from './json-rpc.ts';
import type { Session, SessionOptions } from './session.ts';
import { createSession } from './session.ts';
import { PoolFull } from './shared-child.ts';

export interface SessionsOptions extends Pick<
  SessionOptions,
  'shared' | 'pool' | 'starts' | 'log' | 'callTimeoutMs'
> {
  /** Stands before each session id, so that routers find the way back. */
  readonly instance: string;
  readonly maxSessions: number;
  /** A session without a call and without a stream ends after this time. */
  readonly idleMs: number;
  /** Every session ends after this time. */
  readonly longestMs: number;
}

/** The sessions of legacy clients, by id. */
export interface Sessions {
  /** A new session for this `initialize`, not yet greeted. Throws PoolFull. */
  create(initialize: Request): Session;
  find(id: string | undefined): Session | undefined;
  /** Somebody used it: its time begins anew. */
  touch(session: Session): void;
  /** Ends one; false when there is no such session. */
  remove(id: string | undefined): boolean;
  count(): number;
  end(): Promise<void>;
}

interface Entry {
  readonly session: Session;
  readonly openedMs: number;
  usedMs: number;
}

const LOOK_EVERY_MS = 1_000;

export function createSessions(options: SessionsOptions): Sessions {
  const entries = new Map<string, Entry>();
  const look = setInterval(() => endOverdue(performance.now()), LOOK_EVERY_MS);

  function endOverdue(nowMs: number): void {
    for (const [id, entry] of entries) {
      if (entry.session.isBusy()) entry.usedMs = nowMs;
      const isOld = nowMs - entry.openedMs >= options.longestMs;
      if (isOld || nowMs - entry.usedMs >= options.idleMs) remove(id);
    }
  }

  function remove(id: string | undefined): boolean {
    const entry = id === undefined ? undefined : entries.get(id);
    if (id === undefined || entry === undefined) return false;
    entries.delete(id);
    void entry.session.end();
    return true;
  }

  return {
    create(initialize) {
      if (entries.size >= options.maxSessions) throw new PoolFull();
      const id = `${options.instance}.${randomUUID()}`;
      const asked = initialize.params?.['protocolVersion'];
      const version = isLegacyVersion(asked) ? asked : NEWEST_LEGACY_VERSION;
      const session = createSession({ ...options, id, initialize, version });
      const nowMs = performance.now();
      entries.set(id, { session, openedMs: nowMs, usedMs: nowMs });
      return session;
    },
    find: (id) => (id === undefined ? undefined : entries.get(id)?.session),
    touch({ id }) {
      const entry = entries.get(id);
      if (entry !== undefined) entry.usedMs = performance.now();
    },
    remove,
    count: () => entries.size,
    async end() {
      clearInterval(look);
      const ending = [...entries.values()].map(({ session }) => session.end());
      entries.clear();
      await Promise.all(ending);
    },
  };
}
