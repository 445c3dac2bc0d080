/** Whether a host, as URLs and `Host` headers write it without a port, is reached from this machine alone. */
export function isLoopbackHost(host: string): boolean {
  const name = stripBrackets(host.toLowerCase());
  return (
    name === '::1' || name === 'localhost' || name.endsWith('.localhost') || LOOPBACK_V4.test(name)
  );
}

const LOOPBACK_V4 = /^127(\.\d{1,3}){3}$/;

/** The host of a `Host` header or of an address in a URL: lower case, no port, no brackets. */
export function hostOf(authority: string): string {
  const [, bracketed, plain] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d{1,5})?$/.exec(authority) ?? [];
  return (bracketed ?? plain ?? '').toLowerCase().replace(/\.$/, '');
}

/**
 * Whether a page that has its own name lead to this machine (DNS rebinding) cannot send this `Host`: it is an
 * address, a name of this machine, or one of `names`, in lower case and without ports.
 */
export function isOwnHost(header: string, names: ReadonlySet<string>): boolean {
  const host = hostOf(header);
  return isLoopbackHost(host) || names.has(host) || ADDRESS.test(host);
}

const ADDRESS = /^[\d.]+$|:/;

/** An address as it stands in a URL. */
export function toUrlHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function stripBrackets(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
}
