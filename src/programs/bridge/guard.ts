import { isIP } from 'node:net';

/**
 * Whether the `Host` of a request is one we answer to. A page that was bound to our address by a foreign
 * DNS server arrives under that page's name; so addresses and `localhost` are always ours, and other
 * names only when they are listed (without port). `*` stands for all.
 */
export function isAllowedHost(host: string | undefined, allowed: readonly string[]): boolean {
  if (allowed.includes('*')) return true;
  if (host === undefined || !URL.canParse(`http://${host}`)) return false;
  const name = new URL(`http://${host}`).hostname;
  return isLoopbackName(name) || isAddress(name) || allowed.includes(name);
}

/** Whether a browser page of this origin may talk to us: one from this machine, or a listed one. */
export function isAllowedOrigin(origin: string | undefined, allowed: readonly string[]): boolean {
  if (origin === undefined || allowed.includes('*') || allowed.includes(origin)) return true;
  return URL.canParse(origin) && isLoopbackName(new URL(origin).hostname);
}

function isLoopbackName(name: string): boolean {
  return name === 'localhost' || name === '127.0.0.1' || name === '[::1]';
}

function isAddress(name: string): boolean {
  return isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0;
}
