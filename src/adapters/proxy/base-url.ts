/** Where services are reached: as it was told, else at the router's own address. Without a slash at its end. */
export function toBaseUrl({
  host,
  port,
  publicBaseUrl,
}: {
  readonly host: string;
  readonly port: number;
  readonly publicBaseUrl?: string;
}): string {
  return publicBaseUrl?.replace(/\/+$/, '') ?? `http://${reachable(host)}:${port}`;
}

/** An address to connect to: the loopback one where the router listens on all. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
