import { watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { toPlainRoutes } from '../../model/route.ts';
import type { Route } from '../../model/route.ts';
import { parseRoutes, routesGeneration } from '../../model/router-program.ts';

/** A watch can miss a change (network file systems, inotify limits); then the file is seen within this time. */
const POLL_MS = 1_000;

export interface RouteTable {
  find(slug: string): Route | undefined;
  /** Names the text that is served; empty before the first good read. */
  generation(): string;
  /** Reads the file now. A missing or broken one keeps the last good table and says so once. */
  reload(): Promise<void>;
}

/** The routes of `file`, read again when it is replaced, until the signal aborts. */
export async function openRouteTable(options: {
  readonly file: string;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}): Promise<RouteTable> {
  const table = createRouteTable(options);
  await table.reload();
  watchFile(options.file, options.signal, () => void table.reload());
  return table;
}

function createRouteTable({
  file,
  say,
}: {
  file: string;
  say: (line: string) => void;
}): RouteTable {
  let routes: ReadonlyMap<string, Route> = new Map();
  let servedText: string | undefined;
  let brokenBy = '';
  const reload = async (): Promise<void> => {
    try {
      const text = await readFile(file, 'utf8');
      if (text !== servedText) {
        const read = parseRoutes(text);
        const served = [...toPlainRoutes(read).values(), ...read];
        routes = new Map(served.map((route) => [route.slug, route]));
        servedText = text;
      }
      brokenBy = '';
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error);
      if (cause !== brokenBy) {
        say(`${file} cannot be used, keeping the last ${String(routes.size)} routes: ${cause}`);
      }
      brokenBy = cause;
    }
  };
  return {
    find: (slug) => routes.get(slug),
    generation: () => (servedText === undefined ? '' : routesGeneration(servedText)),
    reload: inOrder(reload),
  };
}

/** Runs one at a time: an older read must not win over a newer one. */
function inOrder(run: () => Promise<void>): () => Promise<void> {
  let last = Promise.resolve();
  return () => (last = last.then(run));
}

function watchFile(file: string, signal: AbortSignal, changed: () => void): void {
  const name = basename(file);
  const poll = setInterval(changed, POLL_MS);
  signal.addEventListener('abort', () => clearInterval(poll));
  try {
    // The folder, because a file that is replaced by rename is lost to a watch on itself.
    watch(dirname(file), { signal }, (_event, changedName) => {
      if (changedName === name) changed();
    }).on('error', () => undefined);
  } catch {
    // No watch to be had (inotify limit): the poll is enough.
  }
}
