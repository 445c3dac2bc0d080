import { open, stat } from 'node:fs/promises';
import { parseTokens, type KeptToken } from './parse.ts';

/** 10,000 tokens, with room to spare. */
const LARGEST_BYTES = 8 * 1024 * 1024;

export type ReadTokens =
  | { readonly kind: 'tokens'; readonly tokens: readonly KeptToken[] }
  | { readonly kind: 'absent' }
  | { readonly kind: 'mistake'; readonly mistake: string };

/** The tokens in a file, or why there are none. Never throws. */
export async function readTokenFile(path: string): Promise<ReadTokens> {
  try {
    // To open a pipe would wait for whoever writes into it.
    if (!(await stat(path)).isFile()) return { kind: 'mistake', mistake: 'it is no file' };
    await using file = await open(path, 'r');
    const { size, mode } = await file.stat();
    // Whoever writes it makes himself admin. Its group may: volumes of Kubernetes are given to one.
    if ((mode & 0o002) !== 0) {
      return { kind: 'mistake', mistake: `everybody can write it: \`chmod o-w ${path}\`` };
    }
    if (size > LARGEST_BYTES) {
      return { kind: 'mistake', mistake: `it is larger than ${LARGEST_BYTES} bytes` };
    }
    const parsed = parseTokens(await file.readFile('utf8'));
    return 'mistake' in parsed
      ? { kind: 'mistake', ...parsed }
      : { kind: 'tokens', tokens: parsed };
  } catch (error) {
    if (isAbsent(error)) return { kind: 'absent' };
    return { kind: 'mistake', mistake: error instanceof Error ? error.message : String(error) };
  }
}

/** Changes whenever the file does; undefined where there is none. */
export async function readVersion(path: string): Promise<string | undefined> {
  try {
    const { ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [ino, size, mtimeNs, ctimeNs].join(' ');
  } catch (error) {
    return isAbsent(error) ? undefined : String(error);
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
