import { parseJsonBytes } from './bounded-json.ts';
import { type CoreInstance, readCoreInstance } from './core-instance.ts';
import { isRecord } from '../model/record.ts';

/** What core's list of instances says (wire.md §4.4), or why it says nothing. */
export type InstanceList =
  | {
      readonly ok: true;
      readonly instances: readonly CoreInstance[];
      /** How many entries could not be read: the list is not complete then. */
      readonly unreadable: number;
    }
  | { readonly ok: false; readonly cause: string };

/** Reads the answer to `GET /v1/mcp-server-instances/`. The caller bounds its length. Never throws. */
export function readInstanceList(bytes: Uint8Array): InstanceList {
  const parsed = parseJsonBytes(bytes);
  if (!parsed.ok) return parsed;
  if (!Array.isArray(parsed.value)) return { ok: false, cause: 'it is no list' };
  const entries: readonly unknown[] = parsed.value;
  const instances = entries.flatMap((entry) => {
    const read = isRecord(entry) ? readCoreInstance(entry) : undefined;
    return read?.ok ? [read.instance] : [];
  });
  return { ok: true, instances, unreadable: entries.length - instances.length };
}
