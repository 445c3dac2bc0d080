import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../ports.ts';
import type { Look } from './gather.ts';

/** Where to look, never what happened. No names: everywhere. */
export interface Wake {
  readonly names?: readonly string[];
  /** Documents may have changed: read them again first. */
  readonly documents?: boolean;
  readonly deep?: boolean;
}

export interface LoopOptions {
  /** One round. Answers when services want to be looked at again by time alone. */
  readonly pass: (
    look: Look & { readonly documents: boolean },
    signal: AbortSignal,
  ) => Promise<ReadonlyMap<string, number | undefined>>;
  readonly onFailure: (error: unknown) => void;
  readonly clock: Clock;
  /** Milliseconds that no change of the wall clock moves. */
  readonly steadyMs?: () => number;
  /** A full pass at least this often, with every event stream silent. */
  readonly resyncMs: number;
  /** A deep pass at least this often. */
  readonly deepMs: number;
}

export interface Loop {
  /** Asks for a pass soon; many wakes before it make one pass. */
  wake(wake: Wake): void;
  /** Passes never overlap. Ends with the signal. */
  run(signal: AbortSignal): Promise<void>;
}

/** After a pass that threw (the store cannot be written), the next one waits so long. */
const FAILURE_PAUSE_MS = 1_000;

export function createLoop(options: LoopOptions): Loop {
  const { pass, onFailure, clock, resyncMs, deepMs } = options;
  const { steadyMs = () => performance.now() } = options;
  let pending = emptyWake();
  let woken = new AbortController();
  const alarms = new Map<string, number>();
  // In steady time: a wall clock that is set back must not put off what keeps us level.
  const next = { resyncMs: -Infinity, deepMs: -Infinity };

  async function round(look: Look & { documents: boolean }, signal: AbortSignal): Promise<boolean> {
    try {
      const waits = await pass(look, signal);
      if (look.scope === 'all') alarms.clear();
      for (const [name, untilMs] of waits) {
        if (untilMs === undefined) alarms.delete(name);
        else alarms.set(name, steadyMs() + untilMs - clock());
      }
      return true;
    } catch (error) {
      onFailure(error);
      return false;
    }
  }

  /** What to look at now; nothing while nobody woke and no time has come. */
  function takeLook(nowMs: number): (Look & { documents: boolean }) | undefined {
    const due = [...alarms].filter(([, untilMs]) => untilMs <= nowMs).map(([name]) => name);
    for (const name of due) pending.names.add(name);
    const deep = pending.deep || nowMs >= next.deepMs;
    const all = pending.all || deep || nowMs >= next.resyncMs;
    if (!all && pending.names.size === 0) return undefined;
    const documents = pending.documents || nowMs >= next.resyncMs;
    if (all) next.resyncMs = nowMs + resyncMs;
    if (deep) next.deepMs = nowMs + deepMs;
    const scope = all ? ('all' as const) : new Set(pending.names);
    for (const name of due) alarms.delete(name);
    pending = emptyWake();
    return { scope, deep, documents };
  }

  async function rest(signal: AbortSignal): Promise<void> {
    const untilMs = Math.min(next.resyncMs, next.deepMs, ...alarms.values());
    const anySignal = AbortSignal.any([signal, woken.signal]);
    await sleep(Math.max(0, untilMs - steadyMs()), undefined, { signal: anySignal }).catch(
      () => {},
    );
  }

  return {
    wake(wake) {
      addWake(pending, wake);
      // Each abort makes an error with its stack: once is enough.
      if (!woken.signal.aborted) woken.abort();
    },
    async run(signal) {
      while (!signal.aborted) {
        woken = new AbortController();
        const look = takeLook(steadyMs());
        if (look === undefined) await rest(signal);
        else if (!(await round(look, signal))) {
          await sleep(FAILURE_PAUSE_MS, undefined, { signal }).catch(() => {});
          pending.all = true;
          pending.documents ||= look.documents;
          pending.deep ||= look.deep;
        }
      }
    },
  };
}

interface PendingWake {
  all: boolean;
  documents: boolean;
  deep: boolean;
  readonly names: Set<string>;
}

function emptyWake(): PendingWake {
  return { all: false, documents: false, deep: false, names: new Set() };
}

function addWake(pending: PendingWake, { names, documents = false, deep = false }: Wake): void {
  if (names) for (const name of names) pending.names.add(name);
  else pending.all = true;
  pending.documents ||= documents;
  pending.deep ||= deep;
}
