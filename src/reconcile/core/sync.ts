import { setTimeout as pause } from 'node:timers/promises';
import type { CoreList } from '../../core-ports.ts';
import { AppError } from '../../errors.ts';
import type { CoreListing } from '../../model/core.ts';
import type { Desired } from '../../model/service.ts';
import type { Clock } from '../../ports.ts';
import { createBell } from '../bell.ts';
import { keepTold } from './deletions.ts';
import type { CoreInbox } from './inbox.ts';
import type { CoreMemories } from './memory.ts';
import { toErrand } from './queue.ts';

/** Of a connection that comes and goes not every coming is a reason to ask. */
const SHORTEST_PAUSE_MS = 500;
/** Between two lists that both lack a service; two that came at once would say the same thing. */
const LEAST_MISSED_MS = 5_000;
/** While one list is read. */
const MOST_HEARD = 20_000;
const TOO_OLD: CoreListing = { ok: false, cause: 'too much was heard while it was read' };

const UNREADABLE =
  'the list of the platform has entries without an id that can be read: nothing is removed for what it lacks';

export interface CoreSyncOptions {
  readonly list: CoreList;
  readonly inbox: Pick<CoreInbox, 'take'>;
  readonly memories: CoreMemories;
  readonly clock: Clock;
  readonly desired: () => Desired;
  readonly syncMs: number;
  /** More of core's services than this share never go at once for being in no list. */
  readonly maxPrunePercent: number;
  readonly shortestPauseMs?: number;
}

/** Makes good what was missed: at the start, after each loss of the channels, and now and then. */
export interface CoreSync {
  wake(): void;
  /** A message came about this instance. */
  heard(instanceId: string): void;
  run(signal: AbortSignal): Promise<void>;
  troubles(): readonly string[];
}

export function createCoreSync(options: CoreSyncOptions): CoreSync {
  const { list, inbox, syncMs, shortestPauseMs = SHORTEST_PAUSE_MS } = options;
  const bell = createBell();
  let trouble: string | undefined;
  const missedForLong = createAbsences(options);
  /** What was heard since the last list began to be read is newer than that list. */
  let newer = new Set<string>();

  async function run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      newer = new Set();
      const read = await list.read(signal);
      if (signal.aborted) return;
      const listing = newer.size > MOST_HEARD ? TOO_OLD : read;
      trouble = listing.ok ? undefined : `the list of the platform cannot be had: ${listing.cause}`;
      if (listing.ok) tryListing(listing);
      await pause(shortestPauseMs, undefined, { signal }).catch(() => undefined);
      await bell.wait(signal, syncMs);
    }
  }

  /** What cannot be remembered now is in the next list, too. */
  function tryListing(listing: CoreListing & { readonly ok: true }): void {
    try {
      takeListing(listing);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      trouble = `the list of the platform is taken in part only: ${error.message}`;
    }
  }

  function takeListing({ wishes, complete }: CoreListing & { readonly ok: true }): void {
    const others = wishes.filter(({ instanceId }) => !newer.has(instanceId));
    for (const wish of others) inbox.take(toErrand(wish, 'list'));
    const listed = new Set(wishes.map(({ instanceId }) => instanceId));
    markListed(options, listed);
    // An empty list is rather wrong than right.
    const isWhole = complete && listed.size > 0;
    if (isWhole) forgetRemoved(options, listed);
    const missed = isWhole ? findMissed(options, new Set([...listed, ...newer])) : [];
    const gone = missedForLong(missed);
    const lack = findLack(options, gone.length);
    if (!complete) trouble = UNREADABLE;
    else if (lack !== undefined) trouble = lack;
    else for (const instanceId of gone) inbox.take({ kind: 'unlisted', instanceId });
  }

  return {
    wake: () => bell.ring(),
    heard(instanceId) {
      if (newer.size <= MOST_HEARD) newer.add(instanceId);
    },
    run,
    troubles: () => (trouble === undefined ? [] : [trouble]),
  };
}

/** Answers who was missed for long: what was created while a list was made is in the next one. */
function createAbsences({ clock, syncMs }: CoreSyncOptions) {
  let missedSinceMs: ReadonlyMap<string, number> = new Map();
  return (missed: readonly string[]): readonly string[] => {
    const nowMs = clock();
    missedSinceMs = new Map(missed.map((id) => [id, missedSinceMs.get(id) ?? nowMs]));
    const longAgoMs = nowMs - Math.min(syncMs, LEAST_MISSED_MS);
    return [...missedSinceMs].flatMap(([id, sinceMs]) => (sinceMs <= longAgoMs ? [id] : []));
  };
}

function ownIds({ desired }: CoreSyncOptions): readonly string[] {
  return desired().services.flatMap(({ origin, platform }) =>
    origin === 'core' && platform?.instanceId !== undefined ? [platform.instanceId] : [],
  );
}

/** Messages come from all workspaces: of a list of one only those are missed that it has shown before. */
function findMissed(options: CoreSyncOptions, listed: ReadonlySet<string>): readonly string[] {
  const { list, memories } = options;
  return ownIds(options).filter(
    (id) => !listed.has(id) && (!list.isOfOneWorkspace || memories.of(id).listed === true),
  );
}

function markListed({ memories }: CoreSyncOptions, listed: ReadonlySet<string>): void {
  const news = [...listed].filter((id) => {
    const { wish, listed: isMarked } = memories.of(id);
    return wish !== undefined && isMarked !== true;
  });
  memories.change(new Map(news.map((id) => [id, (memory) => ({ ...memory, listed: true })])));
}

/** What a person removed is remembered as long as core has it. */
function forgetRemoved(options: CoreSyncOptions, listed: ReadonlySet<string>): void {
  const { memories, desired } = options;
  const here = new Set(desired().services.map(({ platform }) => platform?.instanceId));
  const over = [...memories.all()].filter(
    ([id, { wish, listed: wasListed }]) =>
      wish !== undefined && wasListed === true && !listed.has(id) && !here.has(id),
  );
  memories.change(new Map(over.map(([id]) => [id, ({ told }) => keepTold(told)])));
}

/** A list that lacks so much is rather wrong than right. */
function findLack(options: CoreSyncOptions, gone: number): string | undefined {
  const all = ownIds(options).length;
  const most = Math.max(1, Math.floor((all * options.maxPrunePercent) / 100));
  if (gone <= most) return undefined;
  return `the list of the platform lacks ${gone} of its ${all} services: nothing is removed for that; remove them there or here one by one, or raise MAX_PRUNE_PERCENT`;
}
