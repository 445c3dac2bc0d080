import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** RFC 7914. 16 MiB and some 30 ms each, on a thread of the pool: a token has 256 random bits of its own. */
const COST = { N: 16_384, r: 8, p: 1 };
const KEY_BYTES = 32;
const SALT_BYTES = 16;

/** `scrypt$<salt>$<key>`, both in base64url; the name stands for the cost, so that it can be changed one day. */
const HASH = /^scrypt\$(?<salt>[A-Za-z0-9_-]{22})\$(?<key>[A-Za-z0-9_-]{43})$/;

export async function hashSecret(secret: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const key = await derive(secret, salt);
  return `scrypt$${salt.toString('base64url')}$${key.toString('base64url')}`;
}

/** Compares in constant time. */
export async function isSecretOf(hash: string, secret: string): Promise<boolean> {
  const { salt, key } = HASH.exec(hash)?.groups ?? {};
  if (salt === undefined || key === undefined) return false;
  const derived = await derive(secret, Buffer.from(salt, 'base64url'));
  return timingSafeEqual(derived, Buffer.from(key, 'base64url'));
}

export function isHash(text: unknown): text is string {
  return typeof text === 'string' && HASH.test(text);
}

function derive(secret: string, salt: Buffer): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  scrypt(secret, salt, KEY_BYTES, COST, (error, key) => {
    if (error) reject(error);
    else resolve(key);
  });
  return promise;
}
