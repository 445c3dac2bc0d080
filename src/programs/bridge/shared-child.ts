import type { BackOff } from './back-off.ts';
import type { Hub } from './hub.ts';
import { createHub } from './hub.ts';
import type { Notification } from './json-rpc.ts';
import { CODES, failure, metaOf } from './json-rpc.ts';
import type { Era } from './eras.ts';
import { META } from './eras.ts';
import type { Keeper } from './keeper.ts';
import { createKeeper, EndedEarly } from './keeper.ts';
import type { Link } from './link.ts';
import { openModernFirst } from './link.ts';
import type { Log } from './log.ts';
import type { Peer } from './peer.ts';
import type { Pool } from './pool.ts';

/** There are as many children as may be. */
export class PoolFull extends Error {
  constructor() {
    super('All children of this server are in use; come again when a session has ended.');
  }
}

/** The one child that clients without a session of their own have in common. */
export interface SharedChild extends Keeper {
  readonly hub: Hub;
}

export interface SharedChildOptions {
  readonly pool: Pool;
  readonly starts: BackOff;
  readonly log: Log;
}

export function createSharedChild({ pool, starts, log }: SharedChildOptions): SharedChild {
  const hub = createHub();
  let known: Era | undefined;

  async function open(): Promise<Link> {
    const peer = pool.take();
    if (peer === undefined) throw new PoolFull();
    peer.onRequest(({ id, method }) => {
      const words = `${method} cannot be asked: the clients of this server share it`;
      peer.respond(id, method === 'ping' ? { result: {} } : failure(CODES.methodNotFound, words));
    });
    peer.onNotification((notification) => {
      if (!hub.receive(notification)) deliverLog(peer, notification);
    });
    try {
      const link = await openModernFirst(peer, known);
      known = link.era;
      hub.resume(link);
      return link;
    } catch (error) {
      void pool.give(peer);
      // Some servers end at what they do not know: the next is greeted in the older way at once.
      if (peer.hasEnded()) known = 'legacy';
      throw peer.hasEnded() ? new EndedEarly(await peer.ended) : error;
    }
  }

  return { ...createKeeper({ open, starts, log }), hub };
}

/** A log line names no call: it is given on only when a single client can have asked for it. */
function deliverLog(peer: Peer, notification: Notification): void {
  if (notification.method !== 'notifications/message') return;
  const asking = peer
    .pending()
    .filter(({ request }) => metaOf(request.params)[META.logLevel] !== undefined);
  if (asking.length === 1) asking[0]?.request.onNotification?.(notification);
}
