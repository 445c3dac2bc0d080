import { join } from 'node:path';
import { allowedHostsOf, type Config } from '../config.ts';
import { isLoopbackHost } from '../model/host-name.ts';
import type { Log } from '../ports.ts';
import type { Manager } from './host.ts';
import { SOCKET_NAME } from './running-manager.ts';

export interface ServedApi extends AsyncDisposable {
  /** Path of the local socket. */
  readonly socket: string;
  readonly url: string;
}

export interface ServeOptions {
  readonly manager: Manager;
  readonly config: Config;
  readonly stateFolder: string;
  readonly version: string;
  readonly log: Log;
}

/** The API on the local socket, for whoever owns it, and over TCP, for whoever may. Throws LEASE_HELD, API_PORT_TAKEN. */
export async function serveApi(options: ServeOptions): Promise<ServedApi> {
  const { manager, config, log, version } = options;
  const { createApp } = await import('../http/app.ts');
  const { createPlanShelf } = await import('../http/plan-shelf.ts');
  const { listenOnSocket } = await import('../http/socket.ts');
  const { listenOnPort } = await import('../http/listen.ts');
  const { control, audit, answers, inspection, readiness, metrics } = manager;
  const platform = { inspection, startupMs: config.api.startupMs, limit: config.limit };
  const { routeAuth } = manager.access;
  await using opening = new AsyncDisposableStack();
  const counted = { readiness, ...(metrics && { metrics }), ...(routeAuth && { routeAuth }) };
  const kept = { audit, answers, plans: createPlanShelf() };
  const shared = { control, log, version, platform, ...kept, ...counted };
  const local = createApp(shared);
  opening.defer(async () => {
    await local.close();
  });
  const socket = join(options.stateFolder, SOCKET_NAME);
  await listenOnSocket(local, socket);
  const guard = toGuard(config, manager);
  const open = createApp({ ...shared, guard });
  opening.defer(async () => {
    await open.close();
  });
  const url = await listenOnPort(open, config.api);
  if (config.api.auth === 'off') warnOfOpenness(log, url, config.api.host);
  const served = opening.move();
  return { socket, url, [Symbol.asyncDispose]: () => served.disposeAsync() };
}

function toGuard(config: Config, { access }: Manager) {
  const { authenticator, isOfService } = access;
  return {
    ...(authenticator && { authenticator }),
    ...(isOfService && { isOfService }),
    allowedHosts: allowedHostsOf(config),
    corsOrigins: config.api.corsOrigins,
  };
}

function warnOfOpenness(log: Log, url: string, host: string): void {
  const who = isLoopbackHost(host) ? 'every program on this machine' : 'whoever reaches it';
  log.warn({ url }, `AUTH_MODE=off: ${who} may do everything over the API`);
}
