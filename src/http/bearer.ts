/** Longer than any signed token that a gateway lets through. */
const LONGEST_TOKEN = 8_192;
/** RFC 6750 §2.1: the scheme in any case, one token of these characters. */
const BEARER = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i;

/** The token of an `Authorization` header; undefined where there is none, empty for what is none. */
export function readBearer(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (header.length > LONGEST_TOKEN) return '';
  return BEARER.exec(header)?.[1] ?? '';
}
