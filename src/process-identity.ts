import { readFileSync, readlinkSync } from 'node:fs';

/** Names one process for good: a pid alone is given out again, after a restart of the machine every one. */
export interface ProcessIdentity {
  /** Of the installed system, as in /etc/machine-id; empty where there is none. */
  readonly machineId: string;
  /** Of the kernel as it runs since its last start. */
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

/** Whether that process lives; `unknown` where it is of another namespace or another machine. */
export function findProcess(wanted: ProcessIdentity): 'alive' | 'dead' | 'unknown' {
  const { machineId, bootId, namespace } = readSurroundings();
  if (bootId === '') return 'unknown';
  if (wanted.bootId !== bootId) {
    // The machine was restarted since.
    return machineId !== '' && wanted.machineId === machineId ? 'dead' : 'unknown';
  }
  if (wanted.namespace !== namespace) return 'unknown';
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
  if (typeof value !== 'object' || value === null) return false;
  const fields = new Map(Object.entries(value));
  const texts = ['machineId', 'bootId', 'namespace', 'startTicks'];
  return (
    typeof fields.get('pid') === 'number' &&
    texts.every((name) => typeof fields.get(name) === 'string')
  );
}

function readSurroundings(): Omit<ProcessIdentity, 'pid' | 'startTicks'> {
  return {
    machineId: attempt(() => readFileSync('/etc/machine-id', 'utf8').trim()),
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
