import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '../../errors.ts';
import { identifyProcess } from '../../process-identity.ts';
import type { Clock, Lease, Log } from '../../ports.ts';
import type { Engine } from './engine.ts';
import { type Chain, isUncertain, leaveChain, stillHolds, takeNext } from './lease-chain.ts';
import { describeHolder, toLeaseHeld, toLeaseLost } from './lease-held.ts';
import { createMarkers, type Marker, type MarkerHolder } from './lease-marker.ts';

const RENEW_EVERY_MS = 30_000;
/** After a failure: several tries fit into the time that the marker has left. */
const RETRY_EVERY_MS = 5_000;
/** A look holds for so long: steps take longer, so many at once share one. */
const CONFIRMED_FOR_MS = 1_000;
const LOOK_AGAIN_MS = 1_000;
/** A marker expires before; this is for clocks that do not agree. */
const MOST_LOOKS = 100;
/** An engine that does not answer is not waited for: the marker of a dead process is taken at once. */
const RELEASE_WITHIN_MS = 5_000;

export interface EngineLeaseOptions {
  /** One of the lease's own, so that its calls wait for no other work. The lease closes it. */
  readonly engine: Engine;
  readonly managerId: string;
  readonly holder: Omit<MarkerHolder, 'token' | 'process'>;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Takes the right to write for a manager id on an engine: at once where nobody has it or its holder is
 * dead. For a holder that cannot be judged from here it is waited, until its marker is renewed or expires
 * (90 s). An engine that does not answer is asked again, at the latest before a write. Throws LEASE_HELD
 * that names the holder, NAME_TAKEN, ENGINE_FAILED, or TIMED_OUT.
 */
export async function takeEngineLease(
  options: EngineLeaseOptions,
  signal: AbortSignal,
): Promise<Lease> {
  const { engine, managerId, clock, log } = options;
  const markers = createMarkers(engine, managerId);
  const chain: Chain = { markers, holder: toHolder(options), clock };
  try {
    const other = await takeFirst(chain, log, signal);
    if (other !== undefined) throw toLeaseHeld(managerId, other);
    return keepLease(chain, options, true);
  } catch (error) {
    if (isUnavailable(error)) return keepLease(chain, options, false);
    engine.close();
    throw error;
  }
}

function isUnavailable(error: unknown): boolean {
  return error instanceof AppError && error.code === 'ENGINE_UNAVAILABLE';
}

function toHolder({ holder }: EngineLeaseOptions): MarkerHolder {
  const identity = identifyProcess(holder.pid);
  return { ...holder, token: randomUUID(), ...(identity !== undefined && { process: identity }) };
}

/** Watches a holder of whom nothing else can be known. */
async function takeFirst(chain: Chain, log: Log, signal: AbortSignal): Promise<Marker | undefined> {
  const first = await takeNext(chain, signal);
  let last = first;
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    if (last === undefined || last.volume !== first?.volume || !isUncertain(last)) return last;
    if (looks === 0) {
      const holder = describeHolder(last);
      log.warn({ holder }, 'Another manager of this id was here: waiting whether it still lives.');
    }
    await pause(LOOK_AGAIN_MS, undefined, { signal }).catch(giveUp);
    last = await takeNext(chain, signal);
  }
  return last;
}

function giveUp(): never {
  throw new AppError('TIMED_OUT', 'Waiting for the lease was given up.');
}

/** Renews the marker, or takes the lease first, until that is released or lost. */
function keepLease(
  chain: Chain,
  { engine, managerId, log }: EngineLeaseOptions,
  taken: boolean,
): Lease {
  const lost = new AbortController();
  const ending = new AbortController();
  let confirmedAtMs = taken ? chain.clock() : -Infinity;
  let asking: Promise<void> | undefined;

  async function ask(isEnough: () => Promise<boolean>): Promise<void> {
    const isNew = confirmedAtMs === -Infinity;
    if (isNew || !(await isEnough())) {
      const { signal } = ending;
      const other = await (isNew ? takeFirst(chain, log, signal) : takeNext(chain, signal));
      if (other !== undefined) lost.abort(toLeaseLost(managerId, other));
    }
    lost.signal.throwIfAborted();
    confirmedAtMs = chain.clock();
  }
  /** One at a time: a second one asks for the same. */
  const askOnce = (isEnough: () => Promise<boolean>): Promise<void> => {
    asking ??= ask(isEnough).finally(() => (asking = undefined));
    return asking;
  };
  const renewing = renewUntil(AbortSignal.any([ending.signal, lost.signal]), {
    renew: () => askOnce(() => Promise.resolve(false)),
    failing: !taken,
    log,
  });
  return {
    lost: lost.signal,
    async confirm() {
      lost.signal.throwIfAborted();
      if (Math.abs(chain.clock() - confirmedAtMs) <= CONFIRMED_FOR_MS) return;
      await askOnce(() => stillHolds(chain, ending.signal));
    },
    async release() {
      ending.abort();
      await renewing;
      await leaveChain(chain, AbortSignal.timeout(RELEASE_WITHIN_MS)).catch((error: unknown) => {
        log.debug({ error }, 'The marker of this manager is left: it will be found dead.');
      });
      engine.close();
    },
  };
}

interface Renewing {
  readonly renew: () => Promise<void>;
  /** The try before has failed already. */
  readonly failing: boolean;
  readonly log: Log;
}

async function renewUntil(end: AbortSignal, { renew, log, ...first }: Renewing): Promise<void> {
  let { failing } = first;
  while (!end.aborted) {
    const delayMs = failing ? RETRY_EVERY_MS : RENEW_EVERY_MS;
    await pause(delayMs, undefined, { signal: end, ref: false }).catch(() => undefined);
    if (end.aborted) return;
    try {
      await renew();
      failing = false;
    } catch (error) {
      if (!failing && !end.aborted) log.warn({ error }, 'The lease could not be renewed yet.');
      failing = true;
    }
  }
}
