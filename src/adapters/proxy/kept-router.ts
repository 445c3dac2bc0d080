import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { findProcess, identifyProcess, isProcessIdentity } from '../../process-identity.ts';
import type { ProcessIdentity } from '../../process-identity.ts';
import { askStatus } from './ask-status.ts';
import { endRouterProcess } from './router-process.ts';

const ASK_AGAIN_MS = 20;

/** Where a router program can be found again. */
export interface RouterPlaces {
  readonly control: string;
  readonly record: string;
}

/** A router program that a manager before us has left. */
export interface FoundRouter {
  readonly identity: ProcessIdentity;
  /** Of its code and settings; absent where it does not answer. */
  readonly fingerprint?: string;
}

/** The program that serves in this state folder, or hangs there; undefined where there is none. */
export async function findRouter(places: RouterPlaces): Promise<FoundRouter | undefined> {
  const status = await askStatus(places.control);
  const answering = status && identifyProcess(status.pid);
  if (answering) return { identity: answering, fingerprint: status.fingerprint };
  const recorded = await readRecord(places.record);
  return recorded && findProcess(recorded) === 'alive' ? { identity: recorded } : undefined;
}

/** Remembers who the program is, so that it is found also when it hangs. */
export async function recordRouter({ record }: RouterPlaces, pid: number): Promise<void> {
  const identity = identifyProcess(pid);
  if (identity !== undefined) await writeFile(record, `${JSON.stringify(identity)}\n`);
}

/**
 * Ends a program that was found; at once by force where it hangs. Resolves when it takes nothing more;
 * requests that are under way may still end.
 */
export async function clearRouter(places: RouterPlaces, found: FoundRouter): Promise<void> {
  if (found.fingerprint === undefined) return endRouterProcess(found.identity, ['SIGKILL']);
  const gone = endRouterProcess(found.identity).then(() => true);
  // Its socket goes first, then its port: a program that is started now must not find either.
  while ((await askStatus(places.control)) !== undefined) {
    if (await Promise.race([gone, pause(ASK_AGAIN_MS, false)])) return;
  }
}

async function readRecord(file: string): Promise<ProcessIdentity | undefined> {
  try {
    const record: unknown = JSON.parse(await readFile(file, 'utf8'));
    return isProcessIdentity(record) ? record : undefined;
  } catch {
    // None was written, or not whole: then the program is found only while it answers.
    return undefined;
  }
}
