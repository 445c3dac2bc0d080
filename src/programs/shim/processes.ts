import { readdirSync, readFileSync } from 'node:fs';

/** The variable by which everything that an instance started can be found again. */
const MARKER = 'MCP_MANAGER_INSTANCE';

/**
 * Sends a signal to every process that carries the marker, each at once after it was read, so that a
 * reused pid is not hit. A marker that ends in `/` stands for all that begin with it. Answers how
 * many were found; 0 where there is no /proc. Never signals the caller, nor a member of `exceptGroup`.
 */
export function signalMarked(marker: string, signal: NodeJS.Signals, exceptGroup?: number): number {
  const isOurs = (value: string): boolean =>
    marker.endsWith('/') ? value.startsWith(marker) : value === marker;
  let found = 0;
  for (const pid of processesWith(MARKER, isOurs)) {
    if (exceptGroup !== undefined && isLiveMember(pid, exceptGroup)) continue;
    if (send(pid, signal)) found++;
  }
  return found;
}

/** Kills every process whose variable of this name has a value of which `isOurs` is true; 0 without /proc. */
export function killMarked(variable: string, isOurs: (value: string) => boolean): number {
  let found = 0;
  for (const pid of processesWith(variable, isOurs)) if (send(pid, 'SIGKILL')) found++;
  return found;
}

/** Whether a process group has a member that is more than a zombie. */
export function isGroupAlive(group: number): boolean {
  if (!send(-group, 0)) return false;
  if (process.platform !== 'linux') return true;
  return processIds().some((pid) => isLiveMember(pid, group));
}

/** Sends a signal to a process, or to a group by its negative id; false when there is none. */
export function send(target: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(target, signal);
  } catch {
    return false;
  }
}

function processIds(): number[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** All but the caller whose variable has such a value, each right after it was read. */
function* processesWith(
  variable: string,
  isOurs: (value: string) => boolean,
): Generator<number, void> {
  for (const pid of processIds()) {
    if (pid === process.pid) continue;
    const [, ...rests] = `\0${readProcessFile(pid, 'environ')}`.split(`\0${variable}=`);
    if (rests.some((rest) => isOurs(rest.split('\0', 1)[0] ?? ''))) yield pid;
  }
}

/** proc(5): state and process group are the third and fifth fields; the second may hold spaces. */
function isLiveMember(pid: number, group: number): boolean {
  const stat = readProcessFile(pid, 'stat');
  const [state, , processGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return processGroup === String(group) && state !== 'Z' && state !== 'X';
}

/** Empty for a process that has gone or belongs to another user. */
function readProcessFile(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
