import { readFileSync } from 'node:fs';

/** What the control group that we run in allows; undefined: no limit. */
export interface GroupLimits {
  readonly memoryBytes: number | undefined;
  readonly pids: number | undefined;
}

const MEGABYTE = 1024 * 1024;
/** For the bridge itself, with all its clients. */
const OWN_BYTES = 128 * MEGABYTE;
const OWN_PIDS = 16;
/** What a small server made with the SDK takes under Node: threads count as pids. */
const CHILD_BYTES = 64 * MEGABYTE;
const CHILD_PIDS = 12;
const MOST_CHILDREN = 64;

/** How many children fit into the limits: at least 1, at most 64. */
export function childrenThatFit({ memoryBytes = Infinity, pids = Infinity }: GroupLimits): number {
  const fit = Math.min(
    (memoryBytes - OWN_BYTES) / CHILD_BYTES,
    (pids - OWN_PIDS) / CHILD_PIDS,
    MOST_CHILDREN,
  );
  return Math.max(1, Math.floor(fit));
}

/** Reads the limits of a container, as either version of control groups shows them. */
export function readGroupLimits(folder = '/sys/fs/cgroup'): GroupLimits {
  return {
    memoryBytes:
      readLimit(`${folder}/memory.max`) ?? readLimit(`${folder}/memory/memory.limit_in_bytes`),
    pids: readLimit(`${folder}/pids.max`) ?? readLimit(`${folder}/pids/pids.max`),
  };
}

function readLimit(file: string): number | undefined {
  try {
    const limit = Number(readFileSync(file, 'utf8').trim());
    // The first version has no word for no limit, only the largest number that it knows.
    return Number.isSafeInteger(limit) && limit > 0 ? limit : undefined;
  } catch {
    return undefined;
  }
}
