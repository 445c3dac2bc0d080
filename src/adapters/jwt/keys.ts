import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  errors,
  type FetchImplementation,
  type JWTVerifyGetKey,
} from 'jose';

/** Keys are asked for again after so long; a token of an unknown key asks for them before that. */
const KEYS_LAST_MS = 10 * 60_000;
const TIMEOUT_MS = 5_000;
/** Of hundreds of keys. */
const LARGEST_BYTES = 1024 * 1024;

export interface KeySource {
  /** The key of a token. Throws KeysUnavailable where the place of the keys does not answer as it should. */
  readonly keyOf: JWTVerifyGetKey;
  /** Why the keys could not be had when they were asked for last. */
  trouble(): string | undefined;
}

export interface KeyOptions {
  readonly keysUrl: string;
  /** After an answer no unknown key makes us ask again for so long; without one nothing does. */
  readonly coolDownMs: number;
}

/** Nobody can say whether the token is good. */
export class KeysUnavailable extends Error {}

/** An issuer's public keys, followed as they are rotated. Keys that were asked for too long ago count as none. */
export function followKeys({ keysUrl, coolDownMs }: KeyOptions): KeySource {
  const keys = createRemoteJWKSet(new URL(keysUrl), {
    cooldownDuration: coolDownMs,
    cacheMaxAge: KEYS_LAST_MS,
    timeoutDuration: TIMEOUT_MS,
    [customFetch]: fetchBounded,
  });
  let failure: { readonly cause: string; readonly atMs: number } | undefined;

  const ask: JWTVerifyGetKey = async (header, token) => {
    try {
      const key = await keys(header, token);
      failure = undefined;
      return key;
    } catch (error) {
      if (isOfToken(error)) throw error;
      const cause = `the keys at ${keysUrl} cannot be read: ${messageOf(error)}`;
      failure = { cause, atMs: performance.now() };
      throw new KeysUnavailable(cause);
    }
  };

  return {
    async keyOf(header, token) {
      if (!failure || performance.now() - failure.atMs >= coolDownMs) return ask(header, token);
      const { cause } = failure;
      const known = keys.fresh ? keys.jwks() : undefined;
      if (known === undefined) throw new KeysUnavailable(cause);
      // A key that is not among those may be among the issuer's by now.
      return createLocalJWKSet(known)(header, token).catch(() => {
        throw new KeysUnavailable(cause);
      });
    },
    trouble: () => failure?.cause,
  };
}

/** What answers in the issuer's place must not fill the memory. */
const fetchBounded: FetchImplementation = async (url, init) => {
  const response = await fetch(url, init);
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.byteLength;
    if (bytes > LARGEST_BYTES) throw new Error(`more than ${LARGEST_BYTES} bytes`);
    parts.push(part);
  }
  const { status, headers } = response;
  return new Response(Buffer.concat(parts), { status, headers });
};

/** The keys are there, and none, or more than one, is this token's. */
function isOfToken(error: unknown): boolean {
  return (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSENotSupported
  );
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
