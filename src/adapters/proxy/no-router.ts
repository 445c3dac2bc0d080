import type { Route } from '../../model/route.ts';
import type { Router } from '../../ports.ts';

/** Routing left to somebody else (ROUTER=none): accepts and remembers everything, carries nothing. */
export function createNoRouter({
  baseUrl,
  routes: initial = [],
}: {
  readonly baseUrl: string;
  readonly routes?: readonly Route[];
}): Router {
  const routes = new Map(initial.map((route) => [route.slug, route]));
  return {
    baseUrl,
    observe: () => ({ ok: true, routes: [...routes.values()] }),
    async route(route, signal) {
      signal.throwIfAborted();
      routes.set(route.slug, route);
    },
    async unroute(slug) {
      routes.delete(slug);
    },
    openCalls: () => Promise.resolve(undefined),
    watch: () => undefined,
    close: async () => undefined,
  };
}
