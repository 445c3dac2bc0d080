import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { askStatus } from '../../../src/adapters/proxy/ask-status.ts';
import { endKeptRouter, openProxyRouter } from '../../../src/adapters/proxy/proxy-router.ts';
import type { Route } from '../../../src/model/route.ts';
import type { Log, Router } from '../../../src/ports.ts';
import { createTempFolder } from '../../helpers/temp-folder.ts';
import { serveUpstream, type ServedUpstream } from '../../helpers/serve-upstream.ts';

export interface OpenedRouter {
  readonly router: Router;
  readonly route: Route;
  readonly stateFolder: string;
}

/** A router with nothing routed, and a route to a service that runs. */
export async function openWithService(): Promise<OpenedRouter> {
  const { url } = await serve();
  const stateFolder = await createTempFolder();
  return { router: await openTestProxy(stateFolder), route: routeTo(url), stateFolder };
}

/** A router in its state folder; closed when the test ends. */
export async function openTestProxy(stateFolder: string, port = 0): Promise<Router> {
  const place = { stateFolder, host: '127.0.0.1', port, keep: false };
  const router = await openProxyRouter({ ...place, log: quietLog() });
  onTestFinished(() => router.close());
  return router;
}

/** The same for a router that outlives its manager: it ends with the test all the same. */
export async function openKeptProxy(stateFolder: string, port = 0): Promise<Router> {
  const place = { stateFolder, host: '127.0.0.1', port, keep: true };
  const router = await openProxyRouter({ ...place, log: quietLog() });
  onTestFinished(async () => {
    await router.close();
    await endKeptRouter(stateFolder);
  });
  return router;
}

/** `echo`, at the server's path `/here`. */
export function routeTo(url: string): Route {
  return {
    slug: 'echo',
    service: 'echo',
    path: '/here',
    targets: [{ instance: 'mcp-echo-1', url }],
  };
}

/** A service that says which path was asked; below `/stream` it never ends. */
export function serve(): Promise<ServedUpstream> {
  return serveUpstream((request, response) => {
    if (request.url === '/stream') response.write('endless');
    else response.end(`hello from ${request.url ?? ''}`);
  });
}

/** What the path answers through the router. */
export async function bodyAt(router: Router, path: string): Promise<string> {
  return (await fetch(`${router.baseUrl}${path}`)).text();
}

/** The running router program's process id. */
export async function pidOf(stateFolder: string): Promise<number> {
  const status = await askStatus(join(stateFolder, 'router.sock'));
  if (status === undefined) throw new Error('no router answers');
  return status.pid;
}

/** Patience enough for any call of a test. */
export function signal(): AbortSignal {
  return AbortSignal.timeout(10_000);
}

/** A log that says nothing. */
export function quietLog(): Log {
  return { debug: ignore, info: ignore, warn: ignore, error: ignore };
}

function ignore(): void {}
