import type { JWTPayload } from 'jose';
import type { Authentication } from '../../access-ports.ts';
import { ROLES } from '../../model/access.ts';
import { isRecord } from '../../model/record.ts';

const LONGEST_WORD = 200;

export interface ClaimNames {
  /** Holds a role or a list of words; dots lead into objects (`realm_access.roles`). */
  readonly roleClaim: string;
  /** Absent: every token is for all workspaces. */
  readonly workspaceClaim?: string;
}

/** What a token that was checked says of who has it. Without a role, or a workspace that is asked for: nothing. */
export function toIdentity(payload: JWTPayload, names: ClaimNames, skewS: number): Authentication {
  const { sub = '', exp = 0 } = payload;
  const words = [readClaim(payload, names.roleClaim)].flat();
  const role = ROLES.findLast((one) => words.includes(one));
  if (role === undefined) {
    return { kind: 'powerless', cause: `its claim ${names.roleClaim} names no role` };
  }
  const { workspaceClaim } = names;
  const workspace = workspaceClaim && readClaim(payload, workspaceClaim);
  if (workspaceClaim !== undefined && (typeof workspace !== 'string' || workspace === '')) {
    return { kind: 'powerless', cause: `its claim ${workspaceClaim} names no workspace` };
  }
  const name = readClaim(payload, 'preferred_username');
  const id = toPlainWord(sub);
  return {
    kind: 'known',
    identity: {
      kind: 'oidc',
      id,
      name: typeof name === 'string' ? toPlainWord(name) : id,
      role,
      ...(typeof workspace === 'string' && { workspace }),
      // A clock that is late must not end it before it is refused.
      expiresAtMs: (exp + skewS) * 1000,
    },
  };
}

/** It is shown in logs, events and on terminals. */
function toPlainWord(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '').slice(0, LONGEST_WORD);
}

/** A claim of exactly this name wins over a path: names of claims may be URLs. */
function readClaim(payload: JWTPayload, path: string): unknown {
  if (Object.hasOwn(payload, path)) return payload[path];
  return path.split('.').reduce<unknown>((value, key) => {
    return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  }, payload);
}
