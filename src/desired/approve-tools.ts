import { AppError } from '../errors.ts';
import { LOCK_FILE } from '../model/tool-lock.ts';
import { compareTools, type ToolChanges, type ToolSurface } from '../model/tool-surface.ts';
import type { TextFile } from './library.ts';
import { formatToolLock, parseToolLock } from './tool-lock.ts';

export interface WrittenApproval {
  /** Of the whole file: approvals of other services stay as they are. */
  readonly text: string;
  /** From what was approved before; absent where nothing was, or where it is the same. */
  readonly changes?: ToolChanges;
}

/** The lock file with these tools of one service. Throws REFUSED for a file that cannot be used. */
export function approveTools(
  source: TextFile | undefined,
  service: string,
  tools: ToolSurface,
): WrittenApproval {
  const before = source === undefined ? new Map<string, ToolSurface>() : readApproved(source);
  const old = before.get(service);
  const changes = old && compareTools(old, tools);
  const text = formatToolLock(new Map([...before, [service, tools]]));
  return { text, ...(changes && { changes }) };
}

function readApproved(source: TextFile): ReadonlyMap<string, ToolSurface> {
  const parsed = parseToolLock(source);
  if ('services' in parsed) {
    return new Map([...parsed.services].map(([name, { tools }]) => [name, tools]));
  }
  throw new AppError('REFUSED', `${LOCK_FILE} cannot be used: ${parsed.mistake}`, {
    hint: 'take it from Git again, or delete it and lock all services anew',
  });
}
