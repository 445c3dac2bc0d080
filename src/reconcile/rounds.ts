import type { Desired } from '../model/service.ts';
import type { Clock, Log } from '../ports.ts';
import type { DesiredSource } from './desired-source.ts';
import type { Look } from './gather.ts';
import { createLoop, type Loop } from './loop.ts';
import { createPassFeed, type PassFeed } from './pass-feed.ts';
import type { Reconciler } from './reconciler.ts';

export interface RoundsOptions {
  readonly settings: { readonly resyncMs: number; readonly deepMs: number };
  readonly source: DesiredSource;
  readonly reconciler: Reconciler;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Rounds extends Loop {
  readonly passes: PassFeed;
  /** Why the last pass did not come to its end; empty when it did. */
  troubles(): readonly string[];
}

/** The loop over passes: documents first where they may have changed; others can follow its rounds. */
export function createRounds({ settings, source, reconciler, clock, log }: RoundsOptions): Rounds {
  const passes = createPassFeed();
  let trouble: string | undefined;
  const loop = createLoop({
    clock,
    ...settings,
    onFailure: (error) => {
      trouble = `a pass failed: ${error instanceof Error ? error.message : String(error)}`;
      log.error({ error }, 'A pass failed; it is tried again.');
    },
    pass: async (look, signal) => {
      const ending = passes.began(look);
      try {
        if (look.documents) await source.refresh(signal);
        const alarms = await reconciler.pass(widen(look, source.current()), signal);
        trouble = undefined;
        ending.done();
        return alarms;
      } catch (error) {
        ending.failed(error);
        throw error;
      }
    },
  });
  return { ...loop, passes, troubles: () => (trouble === undefined ? [] : [trouble]) };
}

/** Whether a service may go that no document names is judged only by a look at everything. */
function widen(look: Look, { services, frozen }: Desired): Look {
  if (look.scope === 'all') return look;
  const named = new Set([...services, ...frozen].map(({ name }) => name));
  return look.scope.isSubsetOf(named) ? look : { ...look, scope: 'all' };
}
