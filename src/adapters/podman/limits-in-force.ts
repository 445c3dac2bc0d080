import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Resources } from '../../model/service.ts';

/**
 * The limits that the kernel holds for a control group; those that cannot be seen from here (another
 * machine, another namespace, not held at all) are left out. What the engine tells of a container stays
 * as it was made, also when its limits were changed.
 */
export async function readLimitsInForce(
  cgroupPath: string,
  root = '/sys/fs/cgroup',
): Promise<Partial<Resources>> {
  if (cgroupPath === '') return {};
  const [memoryBytes, cpu, pids] = await Promise.all([
    readFirst([
      [join(root, 'memory', cgroupPath, 'memory.limit_in_bytes'), toCount],
      [join(root, cgroupPath, 'memory.max'), toCount],
    ]),
    readFirst([
      [join(root, 'cpu', cgroupPath, 'cpu.cfs_quota_us'), toCores],
      [join(root, cgroupPath, 'cpu.max'), toCores],
    ]),
    readFirst([
      [join(root, 'pids', cgroupPath, 'pids.max'), toCount],
      [join(root, cgroupPath, 'pids.max'), toCount],
    ]),
  ]);
  return {
    ...(memoryBytes !== undefined && { memoryBytes }),
    ...(cpu !== undefined && { cpu }),
    ...(pids !== undefined && { pids }),
  };
}

/** What a file of this name says: the one of cgroup v1, else that of v2. */
type Source = readonly [file: string, parse: (text: string) => number | undefined];

async function readFirst(sources: readonly Source[]): Promise<number | undefined> {
  for (const [file, parse] of sources) {
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text !== undefined) return parse(text.trim());
  }
  return undefined;
}

function toCount(text: string): number | undefined {
  const count = text === 'max' ? Infinity : Number(text);
  return Number.isNaN(count) ? undefined : count;
}

/** In which a quota of CPU counts: we give it, and so does Podman. */
export const CPU_PERIOD_US = 100_000;

/** `50000` or `-1` (v1), `50000 100000` or `max 100000` (v2). */
function toCores(text: string): number | undefined {
  const [quota = '', period = CPU_PERIOD_US] = text.split(' ');
  if (quota === 'max' || quota === '-1') return Infinity;
  const cores = Number(quota) / Number(period);
  return Number.isNaN(cores) ? undefined : cores;
}
