import { hostname } from 'node:os';
import { join } from 'node:path';
import { createNoRouter } from '../adapters/proxy/no-router.ts';
import type { LoneRouterOptions } from '../adapters/proxy/lone-router.ts';
import type { ManagerApi } from '../adapters/traefik/configuration.ts';
import type { ApiConfig } from '../api-config.ts';
import type { OpenOptions } from '../cli/host.ts';
import { SOCKET_NAME } from '../cli/running-manager.ts';
import { allowedHostsOf, type Config } from '../config.ts';
import { readForeignYaml } from '../desired/foreign-yaml.ts';
import { toUrlHost } from '../model/host-name.ts';
import type { Log, Router } from '../ports.ts';
import { isTokenAsked } from './open-access.ts';

/** All of them listen on this machine alone. */
const HOST = '127.0.0.1';

/** The router of the configuration. A command that only looks gets its routes as they are written. */
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
  const baseUrl = publicUrl ?? ownUrl;
  if (router !== 'embedded' && mode !== 'none') await endEmbedded(stateFolder);
  if (router === 'none' || (mode === 'none' && config.runtime === 'process')) {
    return createNoRouter({ baseUrl });
  }
  const publicBaseUrl = publicUrl === undefined ? {} : { publicBaseUrl: publicUrl };
  if (router === 'traefik') {
    if (mode === 'none') {
      const { peekAtRoutesFile } = await import('../adapters/traefik/watched-file.ts');
      return createNoRouter({ baseUrl, routes: await peekAtRoutesFile(config.traefik.file) });
    }
    const { openTraefikRouter } = await import('../adapters/traefik/traefik-router.ts');
    const place = { ...config.traefik, managerId, entryUrl: ownUrl, ...publicBaseUrl };
    const api = apiFor(config.api, stateFolder);
    const hostNames = hostNamesOf(config);
    const named = { ...place, ...(api && { api }), hostNames };
    return openTraefikRouter({ ...named, readYaml: readForeignYaml, log });
  }
  return openEmbedded(config, mode, {
    ...publicBaseUrl,
    stateFolder,
    host: HOST,
    port: routerPort,
    log,
  });
}

/** By which clients call the router: what else comes is of pages that have a name of theirs lead here. */
function hostNamesOf(config: Config): readonly string[] {
  return [...new Set([...allowedHostsOf(config), hostname().toLowerCase()])].toSorted();
}

/** Its routes are written where whoever comes by them is asked for a token, or openness was said. */
function apiFor(api: ApiConfig, stateFolder: string): ManagerApi | undefined {
  const url = api.serviceUrl ?? ownUrlOf(api);
  return url === undefined ? undefined : { url, isRouted: isRouted(api, stateFolder) };
}

function isRouted(api: ApiConfig, stateFolder: string): boolean {
  return isTokenAsked(api, stateFolder) || api.auth === 'off';
}

/** Where the API is reached on this machine; undefined where its port is chosen by the system. */
function ownUrlOf({ host, port }: ApiConfig): string | undefined {
  const isAll = host === '0.0.0.0' || host === '::';
  return port === 0 ? undefined : `http://${toUrlHost(isAll ? '127.0.0.1' : host)}:${port}`;
}

/** Where services run on without the manager, their router does too. */
async function openEmbedded(
  config: Config,
  mode: OpenOptions['mode'],
  options: LoneRouterOptions,
): Promise<Router> {
  if (mode === 'none' || mode === 'alone') {
    const { openLoneRouter, peekAtRouter } = await import('../adapters/proxy/lone-router.ts');
    return mode === 'none' ? peekAtRouter(options) : openLoneRouter(options);
  }
  const { openProxyRouter } = await import('../adapters/proxy/proxy-router.ts');
  const { stateFolder } = options;
  const managerSocket = join(stateFolder, SOCKET_NAME);
  const apiUrl = isRouted(config.api, stateFolder) ? ownUrlOf(config.api) : undefined;
  return openProxyRouter({
    ...options,
    managerSocket,
    ...(apiUrl !== undefined && { apiUrl }),
    hostNames: hostNamesOf(config),
    ...programOptions(config),
  });
}

/** Where services run on without the manager, so does the program; Node's own variable says whom it trusts. */
export function programOptions({ runtime, environment }: Config) {
  const trusted = environment['NODE_EXTRA_CA_CERTS'];
  return {
    keep: runtime === 'podman',
    ...(trusted !== undefined && trusted !== '' && { trusted }),
  };
}

/** Before the router was changed, a manager may have left the embedded one running. */
async function endEmbedded(stateFolder: string): Promise<void> {
  const { endKeptRouter } = await import('../adapters/proxy/proxy-router.ts');
  await endKeptRouter(stateFolder, ['router']);
}
