/** Spellings by which a path leads out of itself, at whoever decodes them. */
const LEADS_OUT = /(^|\/)\.{1,2}(\/|$)|%2e|%2f|%5c|\\/i;

/**
 * The path and query to ask a remote server for: its endpoint, or what lies below that. Undefined for
 * everything else, as the headers that are sent may open more of that server than is meant.
 */
export function toRemotePath(endpoint: URL, path: string, query: string): string | undefined {
  if (path === endpoint.pathname) return `${path}${joinQueries(endpoint.search, query)}`;
  const below = endpoint.pathname.replace(/\/?$/, '/');
  if (!path.startsWith(below) || LEADS_OUT.test(path)) return undefined;
  return `${path}${query}`;
}

function joinQueries(own: string, clients: string): string {
  return own === '' || clients === '' ? own + clients : `${own}&${clients.slice(1)}`;
}
