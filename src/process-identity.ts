import { readFileSync, readlinkSync } from 'node:fs';

/** Names one process for good: a pid alone is given out again, after a restart of the machine every one. */
export interface ProcessIdentity {
  /** Of the kernel as it runs now. */
  readonly bootId: string;
  /** Of the process namespace in which the pid counts. */
  readonly namespace: string;
  readonly pid: number;
  /** Clock ticks between the start of the kernel and that of the process. */
  readonly startTicks: string;
}

/** Who a process of our namespace is. Undefined where it has ended (a zombie too), and without Linux. */
export function identifyProcess(pid: number): ProcessIdentity | undefined {
  const startTicks = readStartTicks(pid);
  if (startTicks === undefined) return undefined;
  return { ...readSurroundings(), pid, startTicks };
}

/**
 * Whether that process lives. `unknown`: it is of another machine, of another namespace, or of a life of
 * this machine before its restart.
 */
export function findProcess(wanted: ProcessIdentity): 'alive' | 'dead' | 'unknown' {
  const { bootId, namespace } = readSurroundings();
  if (bootId === '' || wanted.bootId !== bootId || wanted.namespace !== namespace) return 'unknown';
  return readStartTicks(wanted.pid) === wanted.startTicks ? 'alive' : 'dead';
}

/** Sends a signal to exactly that process; false when it is not there. */
export function signalProcess(wanted: ProcessIdentity, signal: NodeJS.Signals): boolean {
  try {
    return findProcess(wanted) === 'alive' && process.kill(wanted.pid, signal);
  } catch {
    return false;
  }
}

export function isProcessIdentity(value: unknown): value is ProcessIdentity {
  return (
    typeof value === 'object' &&
    value !== null &&
    'bootId' in value &&
    typeof value.bootId === 'string' &&
    'namespace' in value &&
    typeof value.namespace === 'string' &&
    'pid' in value &&
    typeof value.pid === 'number' &&
    'startTicks' in value &&
    typeof value.startTicks === 'string'
  );
}

function readSurroundings(): Pick<ProcessIdentity, 'bootId' | 'namespace'> {
  return {
    bootId: attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    namespace: attempt(() => readlinkSync('/proc/self/ns/pid')),
  };
}

/** proc(5): the state is the third field, the start time the 22nd; the second may hold spaces. */
function readStartTicks(pid: number): string | undefined {
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
}

function attempt(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
