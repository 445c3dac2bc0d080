import { randomBytes } from 'node:crypto';

/** `mcpm_<id>_<secret>`: the prefix lets scanners find leaked ones, the id says which hash to compare. */
const TOKEN = /^mcpm_(?<id>[0-9a-f]{12})_(?<secret>[A-Za-z0-9_-]{43})$/;
const ID_BYTES = 6;
const SECRET_BYTES = 32;

export interface Token {
  readonly id: string;
  readonly secret: string;
}

export function createToken(): Token {
  return {
    id: randomBytes(ID_BYTES).toString('hex'),
    secret: randomBytes(SECRET_BYTES).toString('base64url'),
  };
}

export function formatToken({ id, secret }: Token): string {
  return `mcpm_${id}_${secret}`;
}

/** Undefined for what is no token of this form. */
export function parseToken(text: string): Token | undefined {
  const { id, secret } = TOKEN.exec(text)?.groups ?? {};
  return id === undefined || secret === undefined ? undefined : { id, secret };
}
