import type { TokenRecord } from '../../access-ports.ts';
import { ROLES, type Role } from '../../model/access.ts';
import { isRecord } from '../../model/record.ts';
import { isHash } from './hash.ts';

/** A token as the file keeps it: everything but the token. */
export interface KeptToken extends TokenRecord {
  readonly hash: string;
}

/** What is scanned for an id, and held in memory. */
const MOST_TOKENS = 10_000;
const LONGEST_WORD = 200;

/** The tokens in the text of a file, or why it cannot be used. */
export function parseTokens(text: string): readonly KeptToken[] | { readonly mistake: string } {
  const file = parseJson(text);
  if (!isRecord(file) || !Array.isArray(file['tokens'])) {
    return { mistake: 'expected a JSON object with a list `tokens`' };
  }
  const items: readonly unknown[] = file['tokens'];
  if (items.length > MOST_TOKENS) return { mistake: `it has more than ${MOST_TOKENS} tokens` };
  const tokens = items.map(toKept);
  const wrong = tokens.indexOf(undefined);
  if (wrong !== -1) return { mistake: `token ${wrong + 1} in it is not as it was written` };
  const kept = tokens.filter((token) => token !== undefined);
  const ids = new Set(kept.map(({ id }) => id));
  return ids.size === kept.length ? kept : { mistake: 'it has an id twice' };
}

/** One token a line: a reviewer and `grep` see each. */
export function formatTokens(tokens: readonly KeptToken[]): string {
  const lines = tokens.map(({ createdAtMs, expiresAtMs, ...token }) => {
    const createdAt = new Date(createdAtMs).toISOString();
    const expires = expiresAtMs !== undefined && {
      expiresAt: new Date(expiresAtMs).toISOString(),
    };
    return `    ${JSON.stringify({ ...token, createdAt, ...expires })}`;
  });
  return `{\n  "tokens": [\n${lines.join(',\n')}\n  ]\n}\n`;
}

function toKept(item: unknown): KeptToken | undefined {
  if (!isRecord(item)) return undefined;
  const { id, name, role, workspace, hash } = item;
  const createdAtMs = toMs(item['createdAt']);
  const expiresAtMs = item['expiresAt'] === undefined ? Infinity : toMs(item['expiresAt']);
  if (typeof id !== 'string' || !/^[0-9a-f]{12}$/.test(id) || !isHash(hash)) return undefined;
  if (!isWord(name) || !isRole(role)) return undefined;
  if (createdAtMs === undefined || expiresAtMs === undefined) return undefined;
  // A scope that cannot be read must not become no scope.
  if (workspace !== undefined && (!isWord(workspace) || workspace === '')) return undefined;
  return {
    id,
    name,
    role,
    ...(workspace !== undefined && { workspace }),
    createdAtMs,
    ...(Number.isFinite(expiresAtMs) && { expiresAtMs }),
    hash,
  };
}

function toMs(value: unknown): number | undefined {
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}

function isWord(value: unknown): value is string {
  return typeof value === 'string' && value.length <= LONGEST_WORD;
}

function isRole(value: unknown): value is Role {
  return ROLES.some((role) => role === value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
