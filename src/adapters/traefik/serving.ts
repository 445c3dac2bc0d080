import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '../../errors.ts';
import type { Answer, Ask } from './ask.ts';
import { type Evidence, explain, findSuspects } from './explain.ts';
import type { ForeignFile } from './foreign-files.ts';
import type { RoutesFile } from './routes-file.ts';

/** One small request; a Traefik that went away or came back is noticed within this time. */
const ASK_EVERY_MS = 1_000;
/** While something is wrong, so that it is soon over when it is mended. */
const ASK_OFTEN_MS = 250;
/** While a write waits: Traefik takes it within its `providersThrottleDuration`. */
const ASK_AGAIN_MS = 25;
/** More than twice Traefik's default for that; then the step is tried again later. */
const SERVED_WITHIN_MS = 5_000;
/** At the start; later is no harm, only a trouble that is told for a moment. */
const SETTLED_WITHIN_MS = 1_000;

export interface Serving {
  /** What Traefik said last. */
  answer(): Answer;
  /** Why Traefik takes no changes, or serves something else than was written; undefined when all is well. */
  trouble(): string | undefined;
  /** Resolves when Traefik serves the file; throws ROUTER_UNAVAILABLE when it does not in time. */
  until(file: RoutesFile): Promise<void>;
  /** Calls back when what is seen changed by itself. */
  onChange(listener: () => void, signal: AbortSignal): void;
  close(): Promise<void>;
}

export interface ServingOptions {
  readonly ask: Ask;
  readonly readFolder: () => Promise<readonly ForeignFile[]>;
  /** Our file, by its path. */
  readonly path: string;
  /** What Traefik shall serve. */
  readonly wanted: () => RoutesFile;
  /** How long a write waits for Traefik; default: 5 seconds. */
  readonly servedWithinMs?: number;
  /**
   * Called about once a second; `isBehind` when Traefik serves something else and no write waits for it.
   * Must not throw.
   */
  readonly onLook: (isBehind: boolean) => Promise<void>;
}

/**
 * Looks at Traefik once a second, and closely while a write waits. Resolves after the first look, or when
 * what was just written is taken.
 */
export async function watchServing(options: ServingOptions): Promise<Serving> {
  const { wanted, onLook, servedWithinMs = SERVED_WITHIN_MS } = options;
  const stop = new AbortController();
  const eye = createEye(options, stop.signal);
  const listeners = new Set<() => void>();

  async function keepLooking(): Promise<void> {
    while (await passes(eye.trouble() === undefined ? ASK_EVERY_MS : ASK_OFTEN_MS, stop.signal)) {
      const changed = await eye.look();
      await onLook(eye.isBehind());
      if (changed) for (const listener of listeners) listener();
    }
  }

  await eye.look();
  if (eye.evidence().answer.kind === 'answers') await eye.awaits(wanted(), SETTLED_WITHIN_MS);
  const looking = keepLooking();
  return {
    answer: () => eye.evidence().answer,
    trouble: eye.trouble,
    async until(file) {
      if (await eye.awaits(file, servedWithinMs)) return;
      const { message, hint } = explain(eye.evidence());
      throw new AppError('ROUTER_UNAVAILABLE', message, { hint });
    },
    onChange(listener, signal) {
      listeners.add(listener);
      signal.addEventListener('abort', () => listeners.delete(listener), { once: true });
    },
    async close() {
      stop.abort();
      await looking;
    },
  };
}

interface Eye {
  /** Looks once and answers whether anything is seen that was not before. Looks follow one another. */
  look(): Promise<boolean>;
  /** Looks until the file is served; false when it is not in time. */
  awaits(file: RoutesFile, withinMs: number): Promise<boolean>;
  evidence(): Evidence;
  isBehind(): boolean;
  trouble(): string | undefined;
}

function createEye({ ask, readFolder, path, wanted }: ServingOptions, signal: AbortSignal): Eye {
  let waiting = 0;
  let takenMs: number | undefined;
  let answer: Answer = { kind: 'silent', cause: 'Traefik was not asked yet' };
  let suspects: readonly ForeignFile[] = [];
  let looks = 0;
  let seen = '';

  const evidence = (): Evidence => {
    return { answer, suspects, hasTaken: takenMs !== undefined, file: path };
  };
  const serves = (file: RoutesFile): boolean => generationOf(answer) === file.generation;
  const isBehind = (): boolean => waiting === 0 && !signal.aborted && !serves(wanted());
  const trouble = (): string | undefined => {
    const isBroken = suspects.some(({ mistake }) => mistake !== undefined);
    return isBroken || isBehind() ? explain(evidence()).message : undefined;
  };

  async function lookOnce(): Promise<boolean> {
    const [next, foreign] = await Promise.all([ask(wanted(), signal), readFolder()]);
    const isTaken = generationOf(next) === wanted().generation && !serves(wanted());
    // What it served already at our first look it may have taken at any time.
    if (isTaken && looks > 0) takenMs = Date.now();
    answer = next;
    suspects = findSuspects(foreign, takenMs);
    looks += 1;
    // What a write is waiting for is no news; what is left when it gave up is.
    if (waiting > 0) return false;
    const before = seen;
    seen = keyOf(answer, { isServed: serves(wanted()), trouble: trouble() });
    return before !== seen;
  }
  const look = inOrder(lookOnce);

  return {
    look,
    evidence,
    isBehind,
    trouble,
    async awaits(file, withinMs) {
      const endMs = performance.now() + withinMs;
      waiting += 1;
      try {
        for (;;) {
          await look();
          if (serves(file)) return true;
          if (performance.now() >= endMs || signal.aborted) return false;
          await pause(ASK_AGAIN_MS);
        }
      } finally {
        waiting -= 1;
      }
    },
  };
}

function generationOf(answer: Answer): string | undefined {
  return answer.kind === 'answers' ? answer.generation : undefined;
}

/** All that observing shows of it, so that a look that sees the same wakes nobody. */
function keyOf(
  answer: Answer,
  { isServed, trouble }: { readonly isServed: boolean; readonly trouble: string | undefined },
): string {
  if (answer.kind === 'silent') return answer.cause;
  const generation = isServed ? '' : answer.generation;
  return JSON.stringify([isServed, generation, [...answer.faults], trouble]);
}

/** Runs one at a time: an older answer must not win over a newer one. */
function inOrder(run: () => Promise<boolean>): () => Promise<boolean> {
  let last = Promise.resolve(false);
  return () => (last = last.then(run, run));
}

/** Whether the time passed before the end. */
async function passes(ms: number, signal: AbortSignal): Promise<boolean> {
  return pause(ms, undefined, { signal, ref: false }).then(
    () => true,
    () => false,
  );
}
