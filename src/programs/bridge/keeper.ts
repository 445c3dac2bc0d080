import { setTimeout as pause } from 'node:timers/promises';
import type { BackOff } from './back-off.ts';
import { createBackOff } from './back-off.ts';
import type { Link } from './link.ts';
import type { Log } from './log.ts';

export interface KeeperOptions {
  /** Starts a child and greets it. */
  readonly open: () => Promise<Link>;
  /** For children of this command that end before they were greeted, whoever has started them. */
  readonly starts: BackOff;
  readonly log: Log;
}

/** Keeps one child: starts it when it is wanted, and again when it has ended. */
export interface Keeper {
  /** The living link, started if need be. Rejects with NotStarted while the next start is far away. */
  link(): Promise<Link>;
  current(): Link | undefined;
}

/** A child ended before it could be greeted. */
export class EndedEarly extends Error {}

/** The next start is too far away to wait for it. */
export class NotStarted extends Error {
  readonly retryAfterS: number;

  constructor(waitMs: number, reason: string) {
    const seconds = Math.ceil(waitMs / 1_000);
    super(`The server has ended (${reason}); it is started again in ${String(seconds)} s.`);
    this.retryAfterS = seconds;
  }
}

/** A child that ran this long has not failed: its next start is not put off. */
const HEALTHY_MS = 900;
/** A call waits for a start that is as near as this; others are told when to come again. */
const LONGEST_WAIT_MS = 2_000;

export function createKeeper({ open, starts, log }: KeeperOptions): Keeper {
  const deaths = createBackOff(() => performance.now());
  let opening: Promise<Link> | undefined;
  let live: Link | undefined;

  async function watch(link: Link, startMs: number): Promise<void> {
    const reason = await link.peer.ended;
    if (live === link) live = undefined;
    const isHealthy = performance.now() - startMs >= HEALTHY_MS;
    if (isHealthy) deaths.succeeded();
    const waitMs = isHealthy ? 0 : deaths.failed(reason);
    log.sometimes('ended', 'the server has ended', { pid: link.peer.child.pid, reason, waitMs });
  }

  async function start(): Promise<Link> {
    for (const backOff of [starts, deaths]) await untilAllowed(backOff);
    const startMs = performance.now();
    try {
      const link = await open();
      starts.succeeded();
      live = link;
      void watch(link, startMs);
      return link;
    } catch (error) {
      if (error instanceof EndedEarly) {
        const waitMs = starts.failed(error.message);
        log.sometimes('early', 'the server could not be greeted', {
          reason: error.message,
          waitMs,
        });
      }
      throw error;
    }
  }

  return {
    async link() {
      if (live !== undefined && !live.peer.hasEnded()) return live;
      opening ??= start().finally(() => (opening = undefined));
      return opening;
    },
    current: () => live,
  };
}

async function untilAllowed(backOff: BackOff): Promise<void> {
  const waitMs = backOff.waitMs();
  if (waitMs > LONGEST_WAIT_MS) throw new NotStarted(waitMs, backOff.lastReason());
  if (waitMs > 0) await pause(waitMs);
}
