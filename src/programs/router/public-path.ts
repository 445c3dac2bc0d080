/** Below this path every service has its own folder. */
export const PUBLIC_PREFIX = '/mcp';

const PUBLIC_PATH = /^\/mcp\/(?<slug>[^/?#]+)(?<rest>\/[^?#]*)?/;

export interface PublicPath {
  readonly slug: string;
  /** What follows the slug, with its leading slash; undefined for exactly `/mcp/<slug>`. */
  readonly rest: string | undefined;
}

/** Splits a request's target `/mcp/<slug>[/rest][?query]`; undefined when it is none. */
export function parsePublicPath(url: string): PublicPath | undefined {
  const groups = PUBLIC_PATH.exec(url)?.groups;
  const slug = groups?.['slug'];
  return slug === undefined ? undefined : { slug, rest: groups?.['rest'] };
}
