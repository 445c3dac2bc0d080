import { appendFile, mkdir, open, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { LogLine } from '../../ports.ts';

/** What the programs of one service printed, over all its instances and lives of the manager. */
export interface LogFile {
  /** Resolves when the lines are in the file; a caller that waits is slowed to the disk's speed. */
  append(instance: string, lines: readonly LogLine[]): Promise<void>;
  /** The last lines of one instance. */
  tail(instance: string): Promise<readonly LogLine[]>;
  /** Resolves when what is being written is in the file; what comes later is not written any more. */
  close(): Promise<void>;
}

/** With the one before it, a service takes twice this on disk. */
const MOST_BYTES = 5 * 1024 * 1024;
/** Read back after a restart of the manager: enough for what is kept in memory. */
const TAIL_BYTES = 512 * 1024;
/** Programs print what they should not; only the owner reads it. */
const MODE = 0o600;

/** One bounded file per service: `<time> <instance> <stream> <text>`; full, it becomes `.1`. */
export function createLogFile(path: string): LogFile {
  const older = `${path}.1`;
  let size: number | undefined;
  let last: Promise<void> = Promise.resolve();
  let closed = false;
  const write = async (text: string): Promise<void> => {
    size ??= await prepare(path);
    if (size > MOST_BYTES) {
      await rename(path, older);
      size = 0;
    }
    await appendFile(path, text, { mode: MODE });
    size += Buffer.byteLength(text);
  };
  return {
    append: async (instance, lines) => {
      if (closed) return;
      const text = lines.map((line) => format(instance, line)).join('');
      // One after the other, whatever became of the one before: its own caller was told.
      const next = last.catch(() => undefined).then(() => write(text));
      last = next;
      await next;
    },
    close: async () => {
      closed = true;
      await last.catch(() => undefined);
    },
    tail: async (instance) => {
      const recent = await readEnd(path);
      const before = recent.length < TAIL_BYTES ? await readEnd(older) : '';
      const texts = [before, recent].flatMap((text) => text.split('\n'));
      return texts.flatMap((text) => parse(instance, text));
    },
  };
}

/** The size of what is there already. */
async function prepare(path: string): Promise<number> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const present = await stat(path).catch(() => undefined);
  return present?.size ?? 0;
}

function format(instance: string, { atMs, stream, text }: LogLine): string {
  return `${new Date(atMs).toISOString()} ${instance} ${stream} ${text}\n`;
}

/** Empty when there is no file. */
async function readEnd(path: string): Promise<string> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return '';
  await using opened = file;
  const { size } = await opened.stat();
  const length = Math.min(size, TAIL_BYTES);
  const { buffer, bytesRead } = await opened.read(Buffer.alloc(length), 0, length, size - length);
  return buffer.toString('utf8', 0, bytesRead);
}

/** A line of another instance, or one that was cut by reading, is none. */
function parse(instance: string, line: string): LogLine[] {
  const [, time = '', owner, stream, text = ''] =
    /^(\S+) (\S+) (stdout|stderr) (.*)$/s.exec(line) ?? [];
  const atMs = Date.parse(time);
  if (owner !== instance || Number.isNaN(atMs)) return [];
  return [{ atMs, stream: stream === 'stderr' ? 'stderr' : 'stdout', text }];
}
