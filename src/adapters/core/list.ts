import { readFile } from 'node:fs/promises';
import type { CoreList } from '../../core-ports.ts';
import type { CoreListing } from '../../model/core.ts';
import { toCoreListing } from '../../platform/core-wish.ts';

/** As the original waits (wire.md §4.4). */
const READ_WITHIN_MS = 10_000;
/** Ten thousand instances with a few kilobytes each. */
const LARGEST_LIST_BYTES = 64 * 2 ** 20;

export interface CoreListOptions {
  /** Base address of core's API: `http://backend:8000`. */
  readonly url: string;
  /** Holds the token for `Authorization: Bearer`; read anew each time. */
  readonly tokenFile?: string;
  /** For `X-Workspace-ID`. */
  readonly workspace?: string;
}

/** Core's list of instances over HTTP (wire.md §4.4). A redirect is not followed: it would take the token along. */
export function openCoreList({ url, tokenFile, workspace }: CoreListOptions): CoreList {
  const address = `${url.replace(/\/+$/, '')}/v1/mcp-server-instances/`;
  return {
    isOfOneWorkspace: workspace !== undefined,
    async read(signal) {
      try {
        const headers = {
          accept: 'application/json',
          ...(tokenFile !== undefined && { authorization: await readBearer(tokenFile) }),
          ...(workspace !== undefined && { 'x-workspace-id': workspace }),
        };
        const within = AbortSignal.any([signal, AbortSignal.timeout(READ_WITHIN_MS)]);
        const response = await fetch(address, { headers, redirect: 'manual', signal: within });
        if (response.status !== 200) {
          await response.body?.cancel();
          return refuse(`it answers ${response.status}`);
        }
        const bytes = await readBounded(response);
        return bytes ? toCoreListing(bytes, workspace) : refuse('it is larger than 64 MiB');
      } catch (error) {
        return refuse(causeOf(error));
      }
    },
  };
}

/** What no header may hold would be quoted by the error of `fetch`. */
async function readBearer(file: string): Promise<string> {
  const token = (await readFile(file, 'utf8')).trim();
  if (/^[\x21-\x7e]+$/.test(token)) return `Bearer ${token}`;
  throw new Error(`${file} holds no single token`);
}

async function readBounded({ body }: Response): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.length;
    if (length > LARGEST_LIST_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function refuse(cause: string): CoreListing {
  return { ok: false, cause };
}

/** `fetch failed` says nothing; what is behind it does. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer within ${READ_WITHIN_MS / 1000} s`;
  const { cause } = error;
  return cause instanceof Error && cause.message !== '' ? cause.message : error.message;
}
