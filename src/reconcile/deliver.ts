import { AppError } from '../errors.ts';
import type { Broker, Log, Store } from '../ports.ts';
import { createBell } from './bell.ts';

/** Large enough for tens of thousands of events a second, small enough for one script of Redis. */
const BATCH = 500;
const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 5_000;

type Outbox = Pick<
  Store,
  'producer' | 'events' | 'delivered' | 'deliveredUpTo' | 'lastNumber' | 'renewProducer'
>;

export interface DeliveryOptions {
  readonly store: Outbox;
  readonly broker: Broker;
  /** Told once per outage, and again when its message changes. */
  readonly onFailure: (error: AppError) => void;
  readonly log: Log;
  readonly firstRetryMs?: number;
  readonly lastRetryMs?: number;
}

export interface Delivery {
  /** After a commit. Cheap; never waits for the broker. */
  wake(): void;
  /** Delivers until the signal aborts. What is left then goes at the next start. */
  run(signal: AbortSignal): Promise<void>;
  /** Why events wait, or could not be sent if there were any; undefined where nothing is wrong. */
  trouble(): string | undefined;
}

/**
 * Takes the store's events to the broker, in order, each stored once. An outage is waited out with
 * back-off; when the broker lost a tail, it goes back to there. Reconciling never waits for it.
 */
export function createDelivery(options: DeliveryOptions): Delivery {
  const { store, broker, onFailure } = options;
  const { firstRetryMs = FIRST_RETRY_MS, lastRetryMs = LAST_RETRY_MS } = options;
  const work = createBell();
  const connected = createBell();
  let positionKnown = false;
  let told: string | undefined;

  async function deliverAll(signal: AbortSignal): Promise<void> {
    if (!positionKnown) {
      positionKnown = true;
      accept(options, await broker.lastStored(store.producer, signal));
    }
    while (!signal.aborted && (await deliverBatch(options, signal)));
  }

  async function run(signal: AbortSignal): Promise<void> {
    let retryMs = firstRetryMs;
    broker.watch(() => {
      positionKnown = false;
      connected.ring();
      work.ring();
    }, signal);
    while (!signal.aborted) {
      try {
        await deliverAll(signal);
        retryMs = firstRetryMs;
        told = undefined;
        await work.wait(signal);
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof AppError)) throw error;
        positionKnown = false;
        if (error.message !== told) onFailure(error);
        told = error.message;
        await connected.wait(signal, retryMs);
        retryMs = Math.min(retryMs * 2, lastRetryMs);
      }
    }
  }

  return { wake: () => work.ring(), run, trouble: () => told ?? broker.trouble() };
}

/** Answers whether there may be more to deliver. */
async function deliverBatch(options: DeliveryOptions, signal: AbortSignal): Promise<boolean> {
  const { store, broker, log } = options;
  const after = store.deliveredUpTo();
  const events = store.events(after, BATCH);
  const [first] = events;
  if (first === undefined) return false;
  const lastStored = await broker.publish({ producer: store.producer, after, events }, signal);
  if (first.number > after + 1 && lastStored >= first.number) {
    const missing = { from: after + 1, to: first.number - 1 };
    log.warn(missing, 'the broker has not got these events, and they are no longer kept here');
  }
  accept(options, lastStored);
  return true;
}

/** The broker's word on what is stored decides, upwards and downwards. */
function accept({ store, log }: DeliveryOptions, lastStored: number): void {
  if (lastStored <= store.lastNumber()) return store.delivered(lastStored);
  const former = store.producer;
  store.renewProducer();
  log.warn(
    { former, producer: store.producer },
    'the broker has later events of this store: it was restored or copied, and goes on as a new producer',
  );
}
