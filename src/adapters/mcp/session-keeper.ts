import type { ProbeTarget } from '../../model/verification.ts';
import { openLateAnswers } from './late-answers.ts';
import { endSession, type Session } from './session.ts';

/** Ending a session is a courtesy: a server that does not answer it delays nothing for longer. */
const END_TIMEOUT_MS = 1_500;
/** Sessions that are ended at once when the prober closes. */
const END_TOGETHER = 16;
/** Closing with many sessions at dead servers must not hold up the manager's own end. */
const CLOSE_TIMEOUT_MS = 1_500;
const DEFAULT_IDLE_MS = 10 * 60_000;
/** More instances than one manager runs; the one unused for longest goes first. */
const MOST_SESSIONS = 4_096;

export interface SessionKeeper {
  /** The session kept for this start of the instance. One of an earlier start is ended. */
  readonly find: (target: ProbeTarget) => Session | undefined;
  readonly keep: (target: ProbeTarget, session: Session) => void;
  /** Ends the session kept for the instance, if there is one. */
  readonly release: (target: ProbeTarget) => void;
  /** Ends a session in the background; `close` waits for it. */
  readonly end: (session: Session) => void;
  /** Sends what may open a session: one that comes too late for the check is ended. */
  readonly open: (
    url: string,
    send: (signal: AbortSignal) => Promise<Response>,
    signal: AbortSignal,
  ) => Promise<Response>;
  /** Ends all; nothing may be kept any more. */
  readonly close: () => Promise<void>;
}

interface Kept {
  readonly session: Session;
  readonly startedAtMs: number;
  readonly idle: NodeJS.Timeout;
}

/** Keeps one legacy session per instance for its pings, and ends each that is not used any more. */
export function openSessionKeeper(options: { idleMs?: number | undefined } = {}): SessionKeeper {
  const kept = new Map<string, Kept>();
  const ending = openEnding();
  const late = openLateAnswers();

  const drop = (instanceId: string): void => {
    const entry = kept.get(instanceId);
    if (entry === undefined) return;
    clearTimeout(entry.idle);
    kept.delete(instanceId);
    ending.end(entry.session);
  };

  return {
    end: ending.end,
    open: (url, send, signal) => late.send({ send, end: (id) => ending.end({ url, id }) }, signal),
    release: (target) => drop(target.instanceId),
    find({ instanceId, startedAtMs }) {
      const entry = kept.get(instanceId);
      if (entry?.startedAtMs !== startedAtMs) {
        drop(instanceId);
        return undefined;
      }
      entry.idle.refresh();
      // Put last, so that the first of the map is the one unused for longest.
      kept.delete(instanceId);
      kept.set(instanceId, entry);
      return entry.session;
    },
    keep({ instanceId, startedAtMs, verify }, session) {
      drop(instanceId);
      const idleMs = options.idleMs ?? Math.max(DEFAULT_IDLE_MS, 3 * verify.everyMs);
      const idle = setTimeout(() => drop(instanceId), idleMs).unref();
      kept.set(instanceId, { session, startedAtMs, idle });
      const [oldest] = kept.keys();
      if (kept.size > MOST_SESSIONS && oldest !== undefined) drop(oldest);
    },
    async close() {
      late.close();
      const entries = [...kept.values()];
      kept.clear();
      for (const { idle } of entries) clearTimeout(idle);
      await ending.endAll(entries.map(({ session }) => session));
    },
  };
}

/** Sessions on their way out: each bounded in time, all waited for at the end. */
function openEnding(): {
  readonly end: (session: Session) => void;
  readonly endAll: (sessions: readonly Session[]) => Promise<void>;
} {
  const pending = new Set<Promise<void>>();
  return {
    end(session) {
      const work = endSession(session, AbortSignal.timeout(END_TIMEOUT_MS));
      pending.add(work);
      void work.finally(() => pending.delete(work));
    },
    async endAll(sessions) {
      const signal = AbortSignal.timeout(CLOSE_TIMEOUT_MS);
      const queue = sessions.values();
      const worker = async (): Promise<void> => {
        for (const session of queue) await endSession(session, signal);
      };
      await Promise.all([...Array.from({ length: END_TOGETHER }, worker), ...pending]);
    },
  };
}
