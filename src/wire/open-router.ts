import { createNoRouter } from '../adapters/proxy/no-router.ts';
import type { OpenOptions } from '../cli/host.ts';
import type { Config } from '../config.ts';
import { readForeignYaml } from '../desired/foreign-yaml.ts';
import type { Log, Router } from '../ports.ts';

/** All of them listen on this machine alone. */
const HOST = '127.0.0.1';

/** The router of the configuration; one that only remembers where this process is no manager. */
export async function openRouter(
  config: Config,
  options: {
    readonly managerId: string;
    readonly stateFolder: string;
    readonly log: Log;
    readonly mode: OpenOptions['mode'];
  },
): Promise<Router> {
  const { router, routerPort, publicUrl } = config;
  const { managerId, stateFolder, log, mode } = options;
  const ownUrl = `http://${HOST}:${routerPort}`;
  if (mode === 'none' || router === 'none') {
    return createNoRouter({ baseUrl: publicUrl ?? ownUrl });
  }
  const publicBaseUrl = publicUrl === undefined ? {} : { publicBaseUrl: publicUrl };
  if (router === 'traefik') {
    const { openTraefikRouter } = await import('../adapters/traefik/traefik-router.ts');
    const place = { ...config.traefik, managerId, entryUrl: ownUrl, ...publicBaseUrl };
    return openTraefikRouter({ ...place, readYaml: readForeignYaml, log });
  }
  const { openProxyRouter } = await import('../adapters/proxy/proxy-router.ts');
  const place = { stateFolder, host: HOST, port: routerPort, keep: false };
  return openProxyRouter({ ...place, log, ...publicBaseUrl });
}
