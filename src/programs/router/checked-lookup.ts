import { lookup } from 'node:dns/promises';
import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { refusedAddress } from '../../model/address.ts';

/** All addresses of a name. */
export type Resolve = (name: string) => Promise<readonly LookupAddress[]>;

/** Where a remote service leads is not public, and nobody allowed it. */
export class AddressRefused extends Error {
  constructor(address: string, kind: string) {
    super(`leads to ${address}, which is ${kind} and not allowed`);
  }
}

/** As every other program of this machine resolves names. */
export const resolveBySystem: Resolve = (name) => lookup(name, { all: true });

/**
 * A lookup for a connection: it answers only addresses that may be reached, and the connection is made
 * to one of them without another look, so that no second answer of a name server counts. AddressRefused
 * when none is left.
 */
export function createCheckedLookup(resolve: Resolve, allowed: readonly string[]): LookupFunction {
  const find = async (name: string): Promise<Found | Error> => {
    try {
      return keepAllowed(await resolve(name), allowed);
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  };
  const answer = async (...[name, options, done]: Parameters<LookupFunction>): Promise<void> => {
    const found = await find(name);
    if (found instanceof Error) done(found, '');
    else if (options.all) done(null, [...found]);
    else done(null, found[0].address, found[0].family);
  };
  return (...asked) => void answer(...asked);
}

type Found = readonly [LookupAddress, ...LookupAddress[]];

/** Throws AddressRefused for an address that stands in the URL itself: no lookup is made for it. */
export function requireAllowed(address: string, allowed: readonly string[]): void {
  const kind = refusedAddress(address, allowed);
  if (kind !== undefined) throw new AddressRefused(address, kind);
}

function keepAllowed(found: readonly LookupAddress[], allowed: readonly string[]): Found {
  const [first, ...others] = found.filter(
    ({ address }) => refusedAddress(address, allowed) === undefined,
  );
  if (first !== undefined) return [first, ...others];
  const address = found[0]?.address ?? 'nothing';
  throw new AddressRefused(address, refusedAddress(address, allowed) ?? 'no address');
}
