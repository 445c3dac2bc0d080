import type { Route } from '../../model/route.ts';
import type { Router } from '../../ports.ts';

export type RouterCall =
  | { readonly kind: 'route'; readonly route: Route }
  | { readonly kind: 'unroute'; readonly slug: string };

export interface MemoryRouter extends Router {
  /** From now on so many calls are open at this instance. */
  open(instance: string, calls: number): void;
  /** Every write in order, failed ones too. */
  readonly calls: readonly RouterCall[];
  /** From now on observing and writing fail with this; undefined mends it. */
  fail(error: Error | undefined): void;
}

/** A router without traffic, for tests and simulation. */
export function createMemoryRouter(): MemoryRouter {
  const routes = new Map<string, Route>();
  const calls: RouterCall[] = [];
  const openCalls = new Map<string, number>();
  let failure: Error | undefined;
  const perform = async (call: RouterCall, signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted();
    calls.push(call);
    if (failure !== undefined) throw failure;
    if (call.kind === 'route') routes.set(call.route.slug, call.route);
    else routes.delete(call.slug);
  };
  return {
    baseUrl: 'http://router.test',
    calls,
    fail(error) {
      failure = error;
    },
    observe: () =>
      failure === undefined
        ? { ok: true, routes: [...routes.values()] }
        : { ok: false, cause: failure.message },
    route: (route, signal) => perform({ kind: 'route', route }, signal),
    unroute: (slug, signal) => perform({ kind: 'unroute', slug }, signal),
    openCalls: () => Promise.resolve(openCalls),
    open: (instance, count) => void openCalls.set(instance, count),
    watch: () => undefined,
    close: async () => undefined,
  };
}
