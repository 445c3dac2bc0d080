import { killMarked } from '../shim/processes.ts';
import type { ChildSettings } from './child.ts';
import { startChild } from './child.ts';
import type { Peer } from './peer.ts';
import { createPeer } from './peer.ts';

export interface PoolOptions extends ChildSettings {
  readonly maxChildren: number;
  /** Children that are started before anybody asks for them. */
  readonly prewarm: number;
  /** Unlike that of any other bridge on this machine. */
  readonly mark: string;
}

/** All children of this bridge: never more than `maxChildren`, and nothing of one stays when it ends. */
export interface Pool {
  /** A child that nobody has spoken to yet; undefined when there are as many as may be. */
  take(): Peer | undefined;
  /** Ends a child that was taken. Resolves when nothing of it is left. */
  give(peer: Peer): Promise<void>;
  count(): number;
  started(): number;
  /** Ends all, for good. */
  stop(): Promise<void>;
}

/** By this variable what a child started is found again, also when it left the process group. */
const MARK = 'MCP_BRIDGE_CHILD';
/** One look through all processes serves the ends of this long. */
const SWEEP_AFTER_MS = 200;
/** A prewarmed child that ends at once is not started again and again. */
const REFILL_AFTER_MS = 1_000;

export function createPool(options: PoolOptions): Pool {
  const children = createChildren(options);
  let waiting: Peer[] = [];
  let isStopped = false;
  let refill: NodeJS.Timeout | undefined;
  const isFull = (): boolean => children.count() >= options.maxChildren;

  function prewarm(): void {
    refill = undefined;
    waiting = waiting.filter((peer) => !peer.hasEnded());
    try {
      while (waiting.length < options.prewarm && !isFull()) waiting.push(children.start());
    } catch (error) {
      options.log.say('no child could be started before it is asked for', { error: String(error) });
    }
  }

  prewarm();
  return {
    take() {
      if (isStopped) return undefined;
      if (options.prewarm > 0) refill ??= setTimeout(prewarm, REFILL_AFTER_MS);
      waiting = waiting.filter((peer) => !peer.hasEnded());
      return waiting.shift() ?? (isFull() ? undefined : children.start());
    },
    give: children.end,
    count: children.count,
    started: children.started,
    async stop() {
      isStopped = true;
      clearTimeout(refill);
      await children.endAll();
    },
  };
}

/** The children that live, each under a mark of its own. */
function createChildren(options: PoolOptions) {
  const peers = new Map<Peer, { readonly mark: string; ending?: Promise<void> }>();
  const sweep = createSweep();
  let started = 0;

  async function end(peer: Peer): Promise<void> {
    const entry = peers.get(peer);
    if (entry === undefined) return;
    entry.ending ??= peer.child.stop();
    await entry.ending;
    if (peers.delete(peer)) sweep.soon(entry.mark);
  }

  return {
    start(): Peer {
      started += 1;
      const mark = `${options.mark}/${String(started)}`;
      const peer = startMarked(options, mark);
      peers.set(peer, { mark });
      // One that ended by itself may have left something behind.
      void peer.ended.then(() => end(peer));
      return peer;
    },
    end,
    count: () => peers.size,
    started: () => started,
    async endAll(): Promise<void> {
      await Promise.all([...peers.keys()].map(end));
      sweep.all(options.mark);
    },
  };
}

function startMarked(options: PoolOptions, mark: string): Peer {
  const environment = { ...options.environment, [MARK]: mark };
  return createPeer(startChild({ ...options, environment }), options.log);
}

function createSweep() {
  let ended = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const run = (): void => {
    const marks = ended;
    ended = new Set();
    timer = undefined;
    killMarked(MARK, (mark) => marks.has(mark));
  };
  return {
    soon(mark: string): void {
      ended.add(mark);
      timer ??= setTimeout(run, SWEEP_AFTER_MS);
    },
    all(prefix: string): void {
      clearTimeout(timer);
      killMarked(MARK, (mark) => mark.startsWith(`${prefix}/`));
    },
  };
}
