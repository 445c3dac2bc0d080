/** Servers redirect `/mcp` to `/mcp/` and no further. */
const MOST_REDIRECTS = 2;

/**
 * One request on a connection of its own: a kept one may be closed by the server at the very moment
 * it is used again, which would read as a failure. Redirects are followed only within the origin
 * and with the method kept (307, 308), so that no service sends the manager elsewhere.
 */
export async function fetchWithinOrigin(
  address: string,
  request: Omit<RequestInit, 'redirect'>,
): Promise<Response> {
  const headers = new Headers(request.headers);
  headers.set('connection', 'close');
  let url = new URL(address);
  for (let redirects = 0; ; redirects++) {
    const response = await fetch(url.href, { ...request, headers, redirect: 'manual' });
    const next = redirects < MOST_REDIRECTS ? redirectTarget(url, response) : undefined;
    if (next === undefined) return response;
    await response.body?.cancel();
    url = next;
  }
}

function redirectTarget(from: URL, { status, headers }: Response): URL | undefined {
  const location = headers.get('location');
  if ((status !== 307 && status !== 308) || location === null) return undefined;
  const target = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  return target?.origin === from.origin ? target : undefined;
}
