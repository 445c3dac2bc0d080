import type { EndedPass, LoopWatcher } from '../metrics-ports.ts';
import type { Clock, Log } from '../ports.ts';
import type { DesiredSource } from './desired-source.ts';
import type { Look } from './gather.ts';
import { createLoop, type Loop } from './loop.ts';
import { createPassFeed, type PassFeed } from './pass-feed.ts';
import type { Reconciler } from './reconciler.ts';
import { widen } from './widen.ts';

export interface RoundsOptions {
  readonly settings: { readonly resyncMs: number; readonly deepMs: number };
  readonly source: DesiredSource;
  readonly reconciler: Reconciler;
  readonly clock: Clock;
  readonly log: Log;
  readonly watcher?: LoopWatcher;
}

export interface Rounds extends Loop {
  readonly passes: PassFeed;
  /** Why the last pass did not come to its end; empty when it did. */
  troubles(): readonly string[];
}

/** The loop over passes: documents first where they may have changed; others can follow its rounds. */
export function createRounds(options: RoundsOptions): Rounds {
  const { settings, source, reconciler, clock, log } = options;
  const passes = createPassFeed();
  const timer = createPassTimer(options.watcher);
  let trouble: string | undefined;
  const loop = createLoop({
    clock,
    ...settings,
    onFailure: (error) => {
      trouble = `a pass failed: ${error instanceof Error ? error.message : String(error)}`;
      log.error({ error }, 'A pass failed; it is tried again.');
    },
    pass: async (look, signal) => {
      const ended = timer.began(look);
      const ending = passes.began(look);
      try {
        if (look.documents) await source.refresh(signal);
        const alarms = await reconciler.pass(widen(look, source.current()), signal);
        trouble = undefined;
        ended('done');
        ending.done();
        return alarms;
      } catch (error) {
        ended('failed');
        ending.failed(error);
        throw error;
      }
    },
  });
  return {
    ...loop,
    wake(wanted) {
      timer.woken();
      loop.wake(wanted);
    },
    passes,
    troubles: () => (trouble === undefined ? [] : [trouble]),
  };
}

/** What a pass took, and how long who woke the loop waited for it to begin. */
function createPassTimer(watcher: LoopWatcher | undefined) {
  let wokenMs: number | undefined;
  return {
    woken(): void {
      wokenMs ??= performance.now();
    },
    began({ scope, deep }: Look): (outcome: EndedPass['outcome']) => void {
      const startMs = performance.now();
      const queued = wokenMs === undefined ? {} : { queuedMs: startMs - wokenMs };
      wokenMs = undefined;
      return (outcome) =>
        watcher?.passEnded({
          scope: scope === 'all' ? 'all' : 'some',
          deep,
          outcome,
          tookMs: performance.now() - startMs,
          ...queued,
        });
    },
  };
}
