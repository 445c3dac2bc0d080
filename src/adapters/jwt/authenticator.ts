import { errors, jwtVerify } from 'jose';
import type { Authentication, Authenticator } from '../../access-ports.ts';
import { toIdentity, type ClaimNames } from './claims.ts';
import { followKeys, KeysUnavailable } from './keys.ts';

/** Header, payload and signature (RFC 7519). */
const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;
/** Signatures by keys of which only the public half is known here; never a shared secret, never `none`. */
const ALGORITHMS = 'RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519'.split(' ');
/** Between the clocks of the issuer and this machine. */
const CLOCK_SKEW_S = 60;
const COOL_DOWN_MS = 30_000;

export interface JwtOptions extends ClaimNames {
  readonly issuer: string;
  readonly audience: string;
  readonly keysUrl: string;
  readonly coolDownMs?: number;
}

/** Tokens that an issuer has signed (OpenID Connect). Whatever cannot be checked is refused. */
export function openJwtAuthenticator(options: JwtOptions): Authenticator {
  const { issuer, audience, keysUrl, coolDownMs = COOL_DOWN_MS } = options;
  const keys = followKeys({ keysUrl, coolDownMs });
  const checks = {
    issuer,
    audience,
    algorithms: ALGORITHMS,
    clockTolerance: CLOCK_SKEW_S,
    requiredClaims: ['exp', 'sub'],
  };
  return {
    async authenticate(token) {
      if (!JWT.test(token)) return { kind: 'unknown' };
      try {
        const { payload } = await jwtVerify(token, keys.keyOf, checks);
        return toIdentity(payload, options, CLOCK_SKEW_S);
      } catch (error) {
        return toRefusal(error);
      }
    },
    troubles: () => [keys.trouble() ?? []].flat(),
  };
}

function toRefusal(error: unknown): Authentication {
  if (error instanceof KeysUnavailable) return { kind: 'unavailable', cause: error.message };
  return { kind: error instanceof errors.JWTExpired ? 'expired' : 'unknown' };
}
