import type { Route } from '../../model/route.ts';
import type { Router } from '../../ports.ts';

/** Routing left to somebody else (ROUTER=none): accepts and remembers everything, carries nothing. */
export function createNoRouter({ baseUrl }: { readonly baseUrl: string }): Router {
  const routes = new Map<string, Route>();
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
    watch: () => undefined,
    close: async () => undefined,
  };
}
