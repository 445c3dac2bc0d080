import { setTimeout as pause } from 'node:timers/promises';
import type { CoreList } from '../core-ports.ts';
import type { CoreListing } from '../model/core.ts';
import type { Desired } from '../model/service.ts';
import { createBell } from './bell.ts';
import type { CoreInbox } from './core-inbox.ts';
import { toErrand } from './core-queue.ts';

/** Of a connection that comes and goes not every coming is a reason to ask. */
const SHORTEST_PAUSE_MS = 500;

export interface CoreSyncOptions {
  readonly list: CoreList;
  readonly inbox: Pick<CoreInbox, 'take'>;
  readonly desired: () => Desired;
  readonly syncMs: number;
  /** More of core's services than this share never go at once for being in no list. */
  readonly maxPrunePercent: number;
}

/** Makes good what was missed: at the start, after each loss of the channels, and now and then. */
export interface CoreSync {
  wake(): void;
  run(signal: AbortSignal): Promise<void>;
  troubles(): readonly string[];
}

export function createCoreSync(options: CoreSyncOptions): CoreSync {
  const { list, inbox, syncMs } = options;
  const bell = createBell();
  let trouble: string | undefined;
  let missedBefore: ReadonlySet<string> = new Set();

  async function run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const listing = await list.read(signal);
      if (signal.aborted) return;
      trouble = listing.ok ? undefined : `the list of the platform cannot be had: ${listing.cause}`;
      if (listing.ok) takeListing(listing);
      await pause(SHORTEST_PAUSE_MS, undefined, { signal }).catch(() => undefined);
      await bell.wait(signal, syncMs);
    }
  }

  function takeListing({ wishes, complete }: CoreListing & { readonly ok: true }): void {
    for (const wish of wishes) inbox.take(toErrand(wish, 'list'));
    const listed = new Set(wishes.map(({ instanceId }) => instanceId));
    const missed = complete && listed.size > 0 ? findMissed(options, listed) : [];
    // What was created while the list was made is in the next one.
    const gone = missed.filter((instanceId) => missedBefore.has(instanceId));
    missedBefore = new Set(missed);
    const lack = findLack(options, gone.length);
    if (lack !== undefined) trouble = lack;
    else for (const instanceId of gone) inbox.take({ kind: 'unlisted', instanceId });
  }

  return { wake: () => bell.ring(), run, troubles: () => (trouble === undefined ? [] : [trouble]) };
}

function ownIds({ desired }: CoreSyncOptions): readonly string[] {
  return desired().services.flatMap(({ origin, platform }) =>
    origin === 'core' && platform?.instanceId !== undefined ? [platform.instanceId] : [],
  );
}

function findMissed(options: CoreSyncOptions, listed: ReadonlySet<string>): readonly string[] {
  return ownIds(options).filter((instanceId) => !listed.has(instanceId));
}

/** A list that lacks so much is rather wrong than right. */
function findLack(options: CoreSyncOptions, gone: number): string | undefined {
  const all = ownIds(options).length;
  const most = Math.max(1, Math.floor((all * options.maxPrunePercent) / 100));
  if (gone <= most) return undefined;
  return `the list of the platform lacks ${gone} of its ${all} services: nothing is removed for that; remove them there or here one by one, or raise MAX_PRUNE_PERCENT`;
}
