import { parseJsonBytes } from './bounded-json.ts';
import { type CoreInstance, readCoreInstance } from './core-instance.ts';
import { isRecord, toRecord } from '../model/record.ts';

export interface ListedInstance extends CoreInstance {
  /** Absent for all that shall run, whatever else core says of it. */
  readonly standing?: 'stopped' | 'failed';
}

/** What core's list of instances says (wire.md §4.4), or why it says nothing. */
export type InstanceList =
  | {
      readonly ok: true;
      /** Without those that core calls deleted: they are as if not in it. */
      readonly instances: readonly ListedInstance[];
      /** How many entries could not be read: the list is not complete then. */
      readonly unreadable: number;
    }
  | { readonly ok: false; readonly cause: string };

/** Reads the answer to `GET /v1/mcp-server-instances/`. The caller bounds its length. Never throws. */
export function readInstanceList(bytes: Uint8Array): InstanceList {
  const parsed = parseJsonBytes(bytes);
  if (!parsed.ok) return parsed;
  if (!Array.isArray(parsed.value)) return { ok: false, cause: 'it is no list' };
  const all: readonly unknown[] = parsed.value;
  const entries = all.filter((entry) => toRecord(entry)['status'] !== 'deleted');
  const instances = entries.flatMap(readListed);
  return { ok: true, instances, unreadable: entries.length - instances.length };
}

function readListed(entry: unknown): readonly ListedInstance[] {
  const read = isRecord(entry) ? readCoreInstance(entry) : undefined;
  if (!read?.ok) return [];
  const { status } = toRecord(entry);
  const isIdle = status === 'stopped' || status === 'failed';
  return [{ ...read.instance, ...(isIdle && { standing: status }) }];
}
