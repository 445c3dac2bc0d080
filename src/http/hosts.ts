import { hostname, networkInterfaces } from 'node:os';
import { hostOf, isLoopbackHost } from '../model/host-name.ts';

/**
 * Whether a `Host` header names this machine. A page of a site that has its name lead here (DNS rebinding)
 * sends that site's name.
 */
export function createHostCheck(allowed: readonly string[]): (header: string) => boolean {
  const names = new Set([...allowed.map(hostOf), hostname().toLowerCase()]);
  return (header) => {
    const host = hostOf(header);
    return host !== '' && (isLoopbackHost(host) || names.has(host) || isOwnAddress(host));
  };
}

/** Asked anew each time: addresses come and go. */
function isOwnAddress(host: string): boolean {
  return Object.values(networkInterfaces()).some((addresses) =>
    addresses?.some(({ address }) => address.toLowerCase() === host),
  );
}
