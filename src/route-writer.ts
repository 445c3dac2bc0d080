import { setImmediate as nextTick } from 'node:timers/promises';
import type { Route } from './model/route.ts';
import { orAborted } from './or-aborted.ts';

export interface RouteWriter<File> {
  /** What is written, in memory. */
  routes(): readonly Route[];
  /** The same as a file. */
  file(): File;
  /**
   * Sets (or, without a route, removes) the entry; resolves when it is written and served. An abort ends
   * the waiting only: the change is shared with others and goes on.
   */
  change(slug: string, route: Route | undefined, signal: AbortSignal): Promise<void>;
}

export interface RouteWriterOptions<File> {
  readonly initial: readonly Route[];
  readonly format: (routes: readonly Route[]) => File;
  readonly write: (file: File) => Promise<void>;
  /** Resolves when exactly this file is served; rejects when it is not within its bound. */
  readonly served: (file: File) => Promise<void>;
}

interface Written<File> {
  readonly bySlug: ReadonlyMap<string, Route>;
  readonly routes: readonly Route[];
  readonly file: File;
}

interface Batch {
  readonly changes: Map<string, Route | undefined>;
  readonly done: Promise<void>;
}

/**
 * Keeps a file of routes. All changes of one tick, and all that come while a write is under way, share
 * one write; a change that changes nothing costs none. A failed write leaves the routes as they were.
 */
export function createRouteWriter<File extends { readonly text: string }>(
  options: RouteWriterOptions<File>,
): RouteWriter<File> {
  const toWritten = (bySlug: ReadonlyMap<string, Route>): Written<File> => {
    const routes = [...bySlug.values()];
    return { bySlug, routes, file: options.format(routes) };
  };
  let written = toWritten(new Map(options.initial.map((route) => [route.slug, route])));
  let open: Batch | undefined;
  let last: Promise<void> = Promise.resolve();

  const flush = async (changes: Batch['changes']): Promise<void> => {
    await nextTick();
    open = undefined;
    const next = toWritten(withChanges(written.bySlug, changes));
    if (next.file.text !== written.file.text) {
      await options.write(next.file);
      written = next;
    }
    await options.served(written.file);
  };

  const openBatch = (): Batch => {
    const changes: Batch['changes'] = new Map();
    const done = last.then(() => flush(changes));
    // The next batch goes on after a failed one; its own callers are told through `done`.
    last = done.catch(() => undefined);
    return { changes, done };
  };

  return {
    routes: () => written.routes,
    file: () => written.file,
    async change(slug, route, signal) {
      signal.throwIfAborted();
      open ??= openBatch();
      open.changes.set(slug, route);
      await orAborted(open.done, signal);
    },
  };
}

function withChanges(
  routes: ReadonlyMap<string, Route>,
  changes: ReadonlyMap<string, Route | undefined>,
): ReadonlyMap<string, Route> {
  const next = new Map(routes);
  for (const [slug, route] of changes) {
    if (route === undefined) next.delete(slug);
    else next.set(slug, route);
  }
  return next;
}
