import { digestOf } from './canonical.ts';
import {
  compareTools,
  formatToolChanges,
  type ToolChanges,
  type ToolSurface,
} from './tool-surface.ts';

/** In the folder of documents; read with them, and written on request only. */
export const LOCK_FILE = 'tools.lock.yaml';

/** What was approved of one server. */
export interface ApprovedTools {
  readonly tools: ToolSurface;
  /** `surfaceDigest(tools)`. */
  readonly digest: string;
}

/** The approved tools of all services, as far as anybody approved any. */
export interface ToolLock {
  readonly services: ReadonlyMap<string, ApprovedTools>;
  /** Why the file cannot be used now; then `services` is what it said before. */
  readonly trouble?: string;
}

export type LockMode = 'off' | 'warn' | 'enforce';

/** A check as far as it says how tools are held against the lock. */
interface Locked {
  readonly lock?: LockMode;
}

/** The tools of one service as they were found last. */
export interface RecordedTools {
  readonly service: string;
  readonly release: string;
  readonly tools: ToolSurface;
}

/** What was approved of them just now. */
export interface ToolApproval {
  readonly service: string;
  /** How many are approved. */
  readonly tools: number;
  /** From what was approved before; absent where nothing was, or where it is the same. */
  readonly changes?: ToolChanges;
}

/** What is held against the tools of one service; absent where nothing is. */
export interface ToolRule {
  readonly mode: 'warn' | 'enforce';
  readonly approved?: ApprovedTools;
  /** Why it is not known what was approved. */
  readonly trouble?: string;
}

/** Tools that nobody approved, in data and in words. */
export interface UnapprovedTools {
  /** From the approved ones to those that are there; absent while the approved ones are not known. */
  readonly changes?: ToolChanges;
  readonly message: string;
}

export function surfaceDigest(tools: ToolSurface): string {
  return digestOf(tools);
}

export function lockModeOf({ lock }: Locked): LockMode {
  return lock ?? 'warn';
}

/** A service without an entry is not locked, unless nobody can know whether it has one. */
export function ruleFor(
  { name, verify }: { readonly name: string; readonly verify: Locked },
  lock: ToolLock | undefined,
): ToolRule | undefined {
  const mode = lockModeOf(verify);
  if (mode === 'off' || lock === undefined) return undefined;
  const approved = lock.services.get(name);
  if (approved) return { mode, approved };
  const { trouble } = lock;
  return mode === 'enforce' && trouble !== undefined ? { mode, trouble } : undefined;
}

/** What is wrong with the tools that were found; undefined when they are the approved ones. */
export function findUnapproved(
  rule: ToolRule | undefined,
  found: { readonly surface?: ToolSurface; readonly toolsHash?: string },
): UnapprovedTools | undefined {
  const { surface, toolsHash } = found;
  if (!rule || surface === undefined) return undefined;
  if (!rule.approved) {
    return { message: `nobody knows whether its tools are approved: ${rule.trouble ?? ''}` };
  }
  if (rule.approved.digest === toolsHash) return undefined;
  const changes = compareTools(rule.approved.tools, surface);
  if (!changes) return undefined;
  return { changes, message: `its tools are not the approved ones: ${formatToolChanges(changes)}` };
}
