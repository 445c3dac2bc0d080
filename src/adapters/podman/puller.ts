import { AppError } from '../../errors.ts';
import type { Clock, Log } from '../../ports.ts';
import { createCallSlots } from './call-slots.ts';
import type { Engine } from './engine.ts';
import { EngineError, toEngineError } from './engine-error.ts';
import type { ImageReference } from './image-reference.ts';
import { toPullFailure } from './pull-failure.ts';
import { type PullProgress, readProgress } from './pull-progress.ts';
import { findLogin, type LoginPlaces, type RegistryLogin } from './registry-login.ts';
import { createSharedWork } from './shared-work.ts';

export interface PullerOptions {
  readonly engine: Engine;
  readonly logins: LoginPlaces;
  readonly log: Log;
  readonly clock: Clock;
  /** A pull of which the engine tells nothing for so long is given up; default 3 minutes. */
  readonly quietMs?: number;
}

export interface Puller {
  /** Pulls from the registry; who asks for the same meanwhile waits for the same pull. */
  pull(reference: ImageReference, signal: AbortSignal): Promise<void>;
}

/** More share one line and one disk. */
const MOST_PULLS = 3;
/** While layers are loaded the engine tells each second; a large one takes its time to be unpacked. */
const QUIET_MS = 3 * 60_000;
const TELL_EVERY_MS = 10_000;

export function createPuller(options: PullerOptions): Puller {
  const slots = createCallSlots(MOST_PULLS);
  const pulls = createSharedWork<void>();
  return {
    pull: (reference, signal) => {
      const what = `pull ${reference.name}`;
      return pulls.join(what, signal, async (ending) => {
        const giveBack = await slots.take({ signal: ending, what });
        try {
          await pullOnce(options, reference, ending);
        } finally {
          giveBack();
        }
      });
    },
  };
}

async function pullOnce(
  options: PullerOptions,
  reference: ImageReference,
  signal: AbortSignal,
): Promise<void> {
  const { engine, logins, quietMs = QUIET_MS } = options;
  const { login, troubles } = await findLogin(logins, reference);
  const quiet = createQuietWatch(quietMs);
  const teller = createTeller(options, reference.name);
  const onProgress = (progress: PullProgress) => {
    quiet.heard();
    teller.tell(progress);
  };
  const either = AbortSignal.any([signal, quiet.signal]);
  try {
    const error = await ask(engine, { reference, login, onProgress, quietMs }, either);
    if (error !== undefined) throw toPullFailure(error, reference, troubles);
    teller.end();
  } catch (error) {
    if (quiet.signal.aborted && !signal.aborted) throw quietFailure(reference);
    const refused = error instanceof EngineError && error.status !== undefined;
    throw refused ? toPullFailure(error.reason, reference, troubles) : error;
  } finally {
    quiet.end();
  }
}

interface Asking {
  readonly reference: ImageReference;
  readonly login: RegistryLogin | undefined;
  readonly onProgress: (progress: PullProgress) => void;
  readonly quietMs: number;
}

/**
 * By the Docker-compatible API: Podman's own tells no bytes, and so not whether any arrive. The engine
 * ends its pull when the connection ends. Answers what the engine says went wrong.
 */
async function ask(
  engine: Engine,
  { reference, login, onProgress, quietMs }: Asking,
  signal: AbortSignal,
): Promise<string | undefined> {
  const what = `pull ${reference.name}`;
  // Never reached: the watch for quiet comes first, and knows whose fault it is.
  const deadlineMs = 2 * quietMs;
  try {
    const answer = await engine.stream(
      { signal, what, deadlineMs },
      {
        api: 'docker',
        method: 'POST',
        path: '/images/create',
        query: { fromImage: reference.name },
        ...(login !== undefined && { login }),
      },
    );
    return await readProgress(answer, onProgress);
  } catch (error) {
    const givenUp = signal.aborted;
    throw toEngineError(error, { socket: engine.socket, what, givenUp, boundMs: deadlineMs });
  }
}

/** A registry that keeps a connection and sends nothing would be waited for without an end. */
function createQuietWatch(quietMs: number) {
  const watch = new AbortController();
  const timer = setTimeout(() => watch.abort(), quietMs);
  return {
    signal: watch.signal,
    heard: () => void timer.refresh(),
    end: () => clearTimeout(timer),
  };
}

function quietFailure({ name, registry }: ImageReference): AppError {
  return new AppError(
    'REGISTRY_UNAVAILABLE',
    `${name} cannot be pulled: ${registry} sends nothing any more.`,
    { hint: 'it is asked again by itself' },
  );
}

/** Tells the log that a pull began, now and then how far it is, and that it is done. */
function createTeller({ log, clock }: PullerOptions, image: string) {
  const beganMs = clock();
  let toldMs = beganMs;
  log.info({ image }, 'pulling an image');
  return {
    tell: (progress: PullProgress) => {
      if (clock() - toldMs < TELL_EVERY_MS) return;
      toldMs = clock();
      log.info({ image, ...progress }, 'still pulling');
    },
    end: () => log.info({ image, ms: clock() - beganMs }, 'pulled an image'),
  };
}
