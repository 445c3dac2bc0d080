import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openTraefikRouter } from '../../../src/adapters/traefik/traefik-router.ts';
import { readForeignYaml } from '../../../src/desired/foreign-yaml.ts';
import type { Route } from '../../../src/model/route.ts';
import type { Router } from '../../../src/ports.ts';
import { startTraefik, type Traefik } from '../../helpers/traefik.ts';
import { serveMirror } from '../../helpers/serve-upstream.ts';

/** How the router learns what Traefik serves. */
export type Way = 'by its API' | 'through its entry point';
export const WAYS: readonly Way[] = ['by its API', 'through its entry point'];

export interface TestRouter {
  readonly traefik: Traefik;
  readonly router: Router;
  /** The file that it writes. */
  readonly file: string;
  /** What it said as warnings. */
  readonly warnings: readonly string[];
  /** The same again, as after a restart of the manager. */
  readonly reopen: (managerId?: string) => Promise<Router>;
}

/** A router with nothing routed, and a real Traefik: this test's own, or one that several tests share. */
export async function openTestRouter({
  way = 'by its API',
  ...options
}: {
  readonly way?: Way;
  readonly traefik?: Traefik;
  /** For a test that waits for the failure. */
  readonly servedWithinMs?: number;
} = {}): Promise<TestRouter> {
  const traefik = options.traefik ?? (await startTraefik());
  const file = join(traefik.dynamicFolder, 'mcp-manager.yaml');
  await rm(file, { force: true });
  const warnings: string[] = [];
  const warn = (fields: object, message: string): void => {
    warnings.push(`${message} ${JSON.stringify(fields)}`);
  };
  const reopen = async (managerId = 'fleet-1'): Promise<Router> => {
    const router = await openTraefikRouter({
      file,
      managerId,
      entryUrl: traefik.entryUrl,
      ...(way === 'by its API' && { apiUrl: traefik.apiUrl }),
      readYaml: readForeignYaml,
      ...(options.servedWithinMs !== undefined && { servedWithinMs: options.servedWithinMs }),
      log: { debug: ignore, info: ignore, warn, error: warn },
    });
    onTestFinished(() => router.close());
    return router;
  };
  return { traefik, router: await reopen(), file, warnings, reopen };
}

/** A route to a server that tells what it saw; it ends with the test. */
export async function routeToMirror(slug: string): Promise<Route> {
  const { url } = await serveMirror(slug);
  return routeTo(slug, url);
}

export function routeTo(slug: string, url: string): Route {
  return { slug, service: slug, path: '/mcp', targets: [{ instance: `mcp-${slug}-1`, url }] };
}

export function soon(): AbortSignal {
  return AbortSignal.timeout(10_000);
}

function ignore(): void {}
