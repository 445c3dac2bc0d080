import { toCpu, toKubernetesMemory, toMemory } from './amounts.ts';
import type { ServiceFields } from './fields.ts';
import { isRecord, toRecord, type UnknownRecord } from '../model/record.ts';

export interface Limits {
  /** Empty where nothing was said, or nothing that is understood. */
  readonly fields: Pick<ServiceFields, 'resources'>;
  readonly warnings: readonly string[];
}

/** One amount as it was written, what it means, and what is said when it means nothing. */
interface Amount {
  readonly written: unknown;
  readonly value: string | number | undefined;
  readonly complaint: string;
}

/**
 * Limits in all spellings: `resources.memory_limit` and `cpu_limit`, Kubernetes' `resources.limits`,
 * `resource_limits`. What cannot be read is a warning and not applied, as the platform has it (wire.md §5.1).
 */
export function readLimits(spec: UnknownRecord): Limits {
  const { resources } = spec;
  if (resources !== undefined && resources !== null && !isRecord(resources)) {
    return { fields: {}, warnings: [warn('resources must be an object')] };
  }
  const memory = readMemory(spec);
  const cpu = readCpu(spec);
  const warnings = [memory, cpu]
    .filter((amount) => amount.written !== undefined && amount.value === undefined)
    .map(({ complaint }) => warn(complaint));
  const read = {
    ...(memory.value !== undefined && { memory: memory.value }),
    ...(cpu.value !== undefined && { cpu: cpu.value }),
  };
  return { fields: Object.keys(read).length > 0 ? { resources: read } : {}, warnings };
}

function readMemory(spec: UnknownRecord): Amount {
  const { memory_limit: own } = toRecord(spec['resources']);
  if (own !== undefined) return ofText('memory_limit', own, toMemory, '512m or 512Mi');
  const limit = toRecord(toRecord(spec['resources'])['limits'])['memory'];
  const written = limit ?? toRecord(spec['resource_limits'])['memory'];
  const value = limit === undefined ? toMemory(written) : toKubernetesMemory(limit);
  return { written, value, complaint: 'memory must be an amount such as 512Mi' };
}

function readCpu(spec: UnknownRecord): Amount {
  const { cpu_limit: own } = toRecord(spec['resources']);
  if (own !== undefined) return ofText('cpu_limit', own, toCpu, '0.5 or 500m');
  const limit = toRecord(toRecord(spec['resources'])['limits'])['cpu'];
  const written = limit ?? toRecord(spec['resource_limits'])['cpu'];
  return { written, value: toCpu(written), complaint: 'cpu must be an amount such as 0.5' };
}

/** The platform takes these as text alone. */
function ofText(
  field: string,
  written: unknown,
  read: (value: unknown) => string | number | undefined,
  example: string,
): Amount {
  if (typeof written !== 'string') {
    return { written, value: undefined, complaint: `${field} must be a string` };
  }
  const complaint = `${field} must be an amount such as ${example}`;
  return { written, value: read(written), complaint };
}

function warn(complaint: string): string {
  return `Resource validation: ${complaint}`;
}
