import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '../../errors.ts';
import { createBell } from '../bell.ts';
import { rememberWaiting } from './deletions.ts';
import { carryOut, type ErrandOptions, isCarriedOut } from './errands.ts';
import { type CoreErrand, createCoreQueue } from './queue.ts';

/** Documents that are written together: each is synced to the disk, and nobody else writes meanwhile. */
const MOST_TOGETHER = 200;
const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 5_000;
/** Between two looks for what may be forgotten. */
const SWEEP_EVERY = 1_000;

const LEFT_OUT = 'the platform wants more than can wait: some of it is left out';

export interface InboxOptions extends ErrandOptions {
  /** Some was left out, and there is room again: core's list is to be asked. Absent: there is no list. */
  readonly missed?: () => void;
}

/** Carries out what core wants as documents of its own, in the order in which it came. */
export interface CoreInbox {
  take(errand: CoreErrand, bytes?: number): void;
  /** Until the signal aborts. What cannot be done now, as the folder cannot be written, waits. */
  run(signal: AbortSignal): Promise<void>;
  /** What does not work now. */
  troubles(): readonly string[];
}

export function createCoreInbox(options: InboxOptions): CoreInbox {
  const queue = createCoreQueue();
  const bell = createBell();
  const shortage = createShortage(options);
  let trouble: string | undefined;
  const sweep = createSweeper(options);

  /** Whether it is done; else the same is tried again. */
  async function attempt(errands: readonly CoreErrand[]): Promise<boolean> {
    try {
      sweep(errands.length);
      rememberWaiting(options, queue.deletions());
      await carryOut(options, errands);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      trouble = `what the platform wants waits: ${error.message}`;
      return false;
    }
    trouble = undefined;
    for (const errand of errands) queue.done(errand);
    return true;
  }

  async function run(signal: AbortSignal): Promise<void> {
    await options.refresh();
    for (const errand of unfinished(options)) queue.add(errand);
    let retryMs = FIRST_RETRY_MS;
    while (!signal.aborted) {
      const errands = queue.next(MOST_TOGETHER);
      if (errands.length === 0) {
        shortage.over();
        // A document that could not be read may be mended without a word of core.
        await bell.wait(signal, unfinished(options).length > 0 ? LAST_RETRY_MS : undefined);
        for (const errand of unfinished(options)) queue.add(errand);
      } else if (await attempt(errands)) retryMs = FIRST_RETRY_MS;
      else {
        await pause(retryMs, undefined, { signal }).catch(() => undefined);
        retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
      }
    }
  }

  return {
    take(errand, bytes) {
      // Where something waits, the list may take it back.
      if (!queue.has(errand.instanceId) && isCarriedOut(options, errand)) return;
      if (!queue.add(errand, bytes)) shortage.begin();
      bell.ring();
    },
    run,
    troubles: () => [...(trouble === undefined ? [] : [trouble]), ...shortage.troubles()],
  };
}

/** Forgets before the first is done, and again after so many. Throws STATE_UNWRITABLE. */
function createSweeper({ memories }: InboxOptions): (coming: number) => void {
  let left = 0;
  return (coming) => {
    if (left <= 0) {
      memories.sweep();
      left = SWEEP_EVERY;
    }
    left -= coming;
  };
}

/** What was left out is asked for once there is room: before, as much would be left out once more. */
function createShortage({ missed, log }: InboxOptions) {
  let isShort = false;
  return {
    begin(): void {
      if (!isShort) log.warn({}, LEFT_OUT);
      isShort = true;
    },
    over(): void {
      if (!isShort || !missed) return;
      isShort = false;
      missed();
    },
    troubles: (): readonly string[] => (isShort ? [LEFT_OUT] : []),
  };
}

/** Deletions that are remembered and not carried out: the manager ended, or the document cannot be read. */
function unfinished({ memories }: ErrandOptions): readonly CoreErrand[] {
  return [...memories.all()].flatMap(([instanceId, { removing }]): CoreErrand[] =>
    removing === true ? [{ kind: 'deleted', instanceId }] : [],
  );
}
