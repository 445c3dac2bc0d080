import type { Inspection } from '../../control.ts';
import type { CoreHearing, CoreParts } from '../../core-ports.ts';
import type { Desired } from '../../model/service.ts';
import type { Clock, Log, Store } from '../../ports.ts';
import { createCoreInbox } from './inbox.ts';
import { toErrand } from './queue.ts';
import { createCoreMemories } from './memory.ts';
import { createCoreSync } from './sync.ts';
import { type CoreTeller, createCoreTeller } from './teller.ts';
import type { DeclareBatch } from '../declare-batch.ts';
import type { PassFeed } from '../pass-feed.ts';

export interface CoreWorkOptions {
  /** Absent: nobody works for core. */
  readonly core?: CoreParts;
  readonly settings: { readonly maxPrunePercent: number };
  readonly declareAll: DeclareBatch;
  readonly inspection: Pick<Inspection, 'details'>;
  readonly desired: () => Desired;
  /** Reads the documents again. */
  readonly refresh: () => Promise<unknown>;
  readonly passes: PassFeed;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
}

export interface CoreWork {
  run(signal: AbortSignal): Promise<void>;
  /** What does not work now; it holds no service up. */
  troubles(): readonly string[];
}

/** Joins what works for core: hears it, asks it, does what it wants, tells it how that goes. */
export function createCoreWork({ core, ...options }: CoreWorkOptions): CoreWork {
  if (!core) return { run: () => Promise.resolve(), troubles: () => [] };
  const { link, list, syncMs, fingerprint } = core;
  const memories = createCoreMemories(options.store, options.clock);
  const teller = createCoreTeller({ ...options, ...core, memories });
  const missed = list && (() => sync?.wake());
  const inbox = createCoreInbox({
    ...options,
    memories,
    fingerprint,
    refused: teller.wake,
    ...(missed && { missed }),
  });
  const { maxPrunePercent } = options.settings;
  const sync =
    list && createCoreSync({ ...options, list, memories, inbox, syncMs, maxPrunePercent });

  async function run(signal: AbortSignal): Promise<void> {
    const hearing: CoreHearing = {
      take(wish, bytes) {
        sync?.heard(wish.instanceId);
        inbox.take(toErrand(wish, 'message'), bytes);
      },
      connected: () => {
        teller.wake();
        sync?.wake();
      },
    };
    link.listen(hearing, signal);
    await Promise.all([
      inbox.run(signal),
      sync?.run(signal),
      tellAfterPasses(options.passes, teller, signal),
    ]);
  }

  return {
    run,
    troubles: () => [
      ...link.troubles(),
      ...teller.troubles(),
      ...inbox.troubles(),
      ...(sync?.troubles() ?? []),
    ],
  };
}

/** Not before everything was looked at once: until then nobody knows what is gone. */
async function tellAfterPasses(
  passes: PassFeed,
  teller: CoreTeller,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted && !(await hasEnded(passes.nextFull(signal))));
  const telling = teller.run(signal);
  while (!signal.aborted) {
    teller.wake();
    await hasEnded(passes.next(signal));
  }
  await telling;
}

/** A pass that failed tells nothing; the next one may. */
function hasEnded(pass: Promise<void>): Promise<boolean> {
  return pass.then(
    () => true,
    () => false,
  );
}
