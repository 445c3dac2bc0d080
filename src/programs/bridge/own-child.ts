import type { BackOff } from './back-off.ts';
import type { Fields, Notification, Request } from './json-rpc.ts';
import type { Keeper } from './keeper.ts';
import { createKeeper, EndedEarly } from './keeper.ts';
import type { Link } from './link.ts';
import { announce, openLegacyFirst } from './link.ts';
import type { Log } from './log.ts';
import type { Peer } from './peer.ts';
import type { Pool } from './pool.ts';
import { PoolFull } from './shared-child.ts';

export interface OwnChildOptions {
  readonly pool: Pool;
  readonly starts: BackOff;
  readonly log: Log;
  /** The params of the client's `initialize`. */
  readonly params: Fields;
  readonly onRequest: (peer: Peer, request: Request) => void;
  readonly onNotification: (peer: Peer, notification: Notification) => void;
  readonly onEnded: (peer: Peer) => void;
  /** A new child stands in for one that has ended, and is to be brought to where that was. */
  readonly onRestart: (link: Link) => void;
}

export interface OwnChild extends Keeper {
  end(): Promise<void>;
}

/** The child of one session, greeted as its client greeted us; a new one when it ends. */
export function createOwnChild(options: OwnChildOptions): OwnChild {
  const { pool, starts, log } = options;
  let last: Peer | undefined;
  let hasEnded = false;

  async function open(): Promise<Link> {
    const isRestart = last !== undefined;
    // Its place is needed.
    if (last !== undefined) await pool.give(last);
    const peer = hasEnded ? undefined : pool.take();
    if (peer === undefined) throw new PoolFull();
    last = peer;
    peer.onRequest((request) => {
      if (request.method === 'ping') peer.respond(request.id, { result: {} });
      else options.onRequest(peer, request);
    });
    peer.onNotification((notification) => options.onNotification(peer, notification));
    void peer.ended.then(() => options.onEnded(peer));
    try {
      const link = await openLegacyFirst(peer, options.params);
      if (isRestart) {
        if (link.era === 'legacy') announce(link);
        options.onRestart(link);
      }
      return link;
    } catch (error) {
      void pool.give(peer);
      throw peer.hasEnded() ? new EndedEarly(await peer.ended) : error;
    }
  }

  return {
    ...createKeeper({ open, starts, log }),
    async end() {
      hasEnded = true;
      if (last !== undefined) await pool.give(last);
    },
  };
}
