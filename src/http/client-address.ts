import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { isLoopbackHost } from '../model/host-name.ts';

/** From where a request came. */
export interface ClientAddress {
  /** Who is connected; empty on a socket. */
  readonly peer: string;
  /** For whom a router on this machine asks, by its own words: to be counted and told, never to be trusted more. */
  readonly behind: readonly string[];
}

/** As much of a request as says where it came from. */
interface Asked {
  readonly socket: { readonly remoteAddress?: string | undefined };
  readonly headers: IncomingHttpHeaders;
}

/** More routers in a row than anybody has. */
const MOST_BEHIND = 8;

/** Only what is on this machine may say for whom it asks; what it says last it saw itself. */
export function addressOf({ socket, headers }: Asked): ClientAddress {
  const peer = toPlain(socket.remoteAddress ?? '');
  const isLocal = peer === '' || isLoopbackHost(peer);
  const said = isLocal ? [headers['x-forwarded-for'] ?? []].flat().join() : '';
  const behind = said
    .split(',')
    .map((one) => toPlain(one.trim()))
    .filter((one) => isIP(one) !== 0);
  return { peer, behind: behind.slice(-MOST_BEHIND) };
}

/** The one that counts: limits and audit are about it. */
export function clientOf(request: Asked): string {
  const { peer, behind } = addressOf(request);
  return behind.at(-1) ?? peer;
}

/** An IPv4 address as it is seen on a socket that takes both. */
function toPlain(address: string): string {
  return address.replace(/^::ffff:(?=\d)/i, '');
}
