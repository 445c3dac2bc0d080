import { parseJsonBytes } from './bounded-json.ts';
import { type CoreInstance, readCoreInstance } from './core-instance.ts';
import { toRecord } from '../model/record.ts';

export interface ListedInstance extends CoreInstance {
  /** Absent for all that shall run, whatever else core says of it. */
  readonly standing?: 'stopped' | 'failed';
}

export interface MalformedInstance {
  readonly instanceId: string;
  /** Repeats no value. */
  readonly cause: string;
}

/** What core's list of instances says (wire.md §4.4), or why it says nothing. */
export type InstanceList =
  | {
      readonly ok: true;
      /** Without those that core calls deleted: they are as if not in it. */
      readonly instances: readonly ListedInstance[];
      /** Those of which no more than the id could be read. */
      readonly malformed: readonly MalformedInstance[];
      /** Of how many entries not even that: the list is not complete then. */
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
  const instances: ListedInstance[] = [];
  const malformed: MalformedInstance[] = [];
  for (const entry of entries) {
    const read = readCoreInstance(toRecord(entry));
    if (read.ok) instances.push(withStanding(read.instance, toRecord(entry)['status']));
    else if (read.instanceId !== undefined)
      malformed.push({ instanceId: read.instanceId, cause: read.cause });
  }
  const unreadable = entries.length - instances.length - malformed.length;
  return { ok: true, instances, malformed, unreadable };
}

function withStanding(instance: CoreInstance, status: unknown): ListedInstance {
  const isIdle = status === 'stopped' || status === 'failed';
  return { ...instance, ...(isIdle && { standing: status }) };
}
