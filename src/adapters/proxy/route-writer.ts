import { setImmediate as nextTick } from 'node:timers/promises';
import { formatRoutes } from '../../model/router-program.ts';
import type { Route } from '../../model/route.ts';

export interface RouteWriter {
  /** What is written, in memory. */
  routes(): readonly Route[];
  /** Sets (or, without a route, removes) the entry; resolves when it is written and served. */
  change(slug: string, route: Route | undefined): Promise<void>;
}

interface Batch {
  readonly changes: Map<string, Route | undefined>;
  readonly done: Promise<void>;
}

/**
 * Keeps the routes file. All changes of one tick, and all that come while a write is under way, share
 * one write; a change that changes nothing costs none. A failed write leaves the routes as they were.
 */
export function createRouteWriter(options: {
  readonly initial: readonly Route[];
  readonly write: (text: string) => Promise<void>;
  /** Resolves when exactly this text is served; rejects when it is not within its bound. */
  readonly served: (text: string) => Promise<void>;
}): RouteWriter {
  let written = bySlug(options.initial);
  let routes = [...written.values()];
  let writtenText = formatRoutes(routes);
  let open: Batch | undefined;
  let last: Promise<void> = Promise.resolve();

  const flush = async (changes: Batch['changes']): Promise<void> => {
    await nextTick();
    open = undefined;
    const next = withChanges(written, changes);
    const nextRoutes = [...next.values()];
    const text = formatRoutes(nextRoutes);
    if (text !== writtenText) {
      await options.write(text);
      [written, routes, writtenText] = [next, nextRoutes, text];
    }
    await options.served(text);
  };

  const openBatch = (): Batch => {
    const changes: Batch['changes'] = new Map();
    const done = last.then(() => flush(changes));
    // The next batch goes on after a failed one; its own callers are told through `done`.
    last = done.catch(() => undefined);
    return { changes, done };
  };

  return {
    routes: () => routes,
    change(slug, route) {
      open ??= openBatch();
      open.changes.set(slug, route);
      return open.done;
    },
  };
}

function bySlug(routes: readonly Route[]): ReadonlyMap<string, Route> {
  return new Map(routes.map((route) => [route.slug, route]));
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
