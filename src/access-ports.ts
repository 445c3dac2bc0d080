import type { Identity, Role } from './model/access.ts';
import type { AuditEntry } from './model/audit.ts';
import type { KeptAnswer } from './model/kept-answer.ts';

/** Says who a bearer token belongs to. */
export interface Authenticator {
  /** Never throws. Cheap for a token that was seen before; never writes it down anywhere. */
  authenticate(token: string): Promise<Authentication>;
  /** What does not work now, in words; empty when all is well. */
  troubles(): readonly string[];
}

export type Authentication =
  | { readonly kind: 'known'; readonly identity: Identity }
  /** Not one of ours, wrong, or revoked. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'expired' }
  /** It is one of ours, and gives no role or no workspace. */
  | { readonly kind: 'powerless'; readonly cause: string }
  /** Nobody can say now: to be asked again later. */
  | { readonly kind: 'unavailable'; readonly cause: string };

/** Whose tokens routers take, and what a client without one is told. */
export interface RouteAuthority {
  readonly authenticator: Authenticator;
  /** Where services are reached, without a slash at its end. */
  readonly baseUrl: string;
  /** Who gives tokens to clients that have none (RFC 9728); absent: the operator does. */
  readonly issuer?: string;
}

/** The file of tokens. Throws AppError STATE_UNWRITABLE, and REFUSED where the file cannot be used. */
export interface Tokens {
  /** In the order in which they were made. */
  list(): Promise<readonly TokenRecord[]>;
  /** Makes a token and keeps its hash, durably; the token itself is answered this once. */
  create(wanted: NewToken): Promise<TokenRecord & { readonly token: string }>;
  /** Takes its hash out. False: there is none. */
  revoke(id: string): Promise<boolean>;
}

export interface NewToken {
  readonly name: string;
  readonly role: Role;
  readonly workspace?: string;
  readonly expiresAtMs?: number;
}

export interface TokenRecord extends NewToken {
  readonly id: string;
  readonly createdAtMs: number;
}

/** Keeps who did what, durably, and tells it as an event. Never throws and never waits. */
export type Audit = (entry: AuditEntry) => void;

/** Answers to writes, for who asks again. */
export interface Answers {
  find(id: string): KeptAnswer | undefined;
  /** Resolves when it is durable; what cannot be kept is told in the log, and never throws. */
  keep(answer: Omit<KeptAnswer, 'atMs'>): Promise<void>;
}
