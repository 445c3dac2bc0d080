import { formatAuthQuestion, METADATA_PATH } from '../../model/router-program.ts';
import { toPlainRoutes } from '../../model/route.ts';
import type { Route, RouteTarget } from '../../model/route.ts';
import { hostRule, pathRule } from './rules.ts';

/** Traefik's dynamic configuration, as far as it is written here. An empty section would be an error. */
export interface Configuration {
  readonly http: {
    readonly routers: Section;
    readonly middlewares: Section;
    readonly services?: Section;
    readonly serversTransports: Section;
  };
}

export type Section = Readonly<Record<string, object>>;

/** Names of what one slug has in Traefik, as the platform knows them. */
export interface RouteNames {
  readonly router: string;
  readonly stripPrefix: string;
  readonly serverPath: string;
  /** Only where the targets share an address and are told apart by a path. */
  readonly base: string;
  /** Only where a token is asked for: who asks, and what keeps it from the server. */
  readonly auth: string;
  readonly strip: string;
  readonly service: string;
}

/** The manager's own API. */
export interface ManagerApi {
  /** Where Traefik reaches it, without a slash at its end. */
  readonly url: string;
  /** Whether it is served through Traefik. */
  readonly isRouted: boolean;
}

export interface ConfigurationOptions {
  readonly managerId: string;
  /** Absent: nobody can say whose tokens are good. */
  readonly api?: ManagerApi | undefined;
  /** By which clients call, beside addresses and names of this machine; without ports. */
  readonly hostNames?: readonly string[];
}

const ENTRY_POINT = 'web';
/** Port 9 is nobody's: what asks there is refused at once. */
const NOBODY = 'http://127.0.0.1:9';
export const GENERATION_HEADER = 'X-Mcp-Manager-Generation';

/**
 * Below the shortest common keep-alive of servers (Node and uvicorn: 5 s), so that no request goes out
 * on a connection the server is just closing: a POST is not repeated, and would be lost.
 */
const IDLE_CONNECTION = '4s';

/** Routes in any order → the configuration that serves them and tells its `generation`. */
export function toConfiguration(
  routes: readonly Route[],
  { managerId, api, hostNames = [] }: ConfigurationOptions,
  generation: string,
): Configuration {
  const marker = markerName(managerId);
  const own = api ? [toApiParts(api)] : [];
  const surroundings = { transport: marker, api, host: hostRule(hostNames) };
  const plain = [...toPlainRoutes(routes)].map(([slug, route]) =>
    toParts(route, plainNamesOf(slug), surroundings),
  );
  const routed = routes.map((route) => toParts(route, namesOf(route.slug), surroundings));
  const parts = [...own, ...plain, ...routed];
  const services: Section = Object.assign({}, ...parts.map((part) => part.services));
  return {
    http: {
      routers: Object.assign({}, markerRouter(managerId), ...parts.map((part) => part.routers)),
      middlewares: Object.assign(
        { [marker]: { headers: { customResponseHeaders: { [GENERATION_HEADER]: generation } } } },
        ...parts.map((part) => part.middlewares),
      ),
      ...(parts.length > 0 && { services }),
      serversTransports: { [marker]: { forwardingTimeouts: { idleConnTimeout: IDLE_CONNECTION } } },
    },
  };
}

/** Where a request learns which generation is served: no slug begins with a dot. */
export function markerPath(managerId: string): string {
  return `/mcp/.${managerId}`;
}

/** The middleware that holds the generation; no name made of a slug has a dot. */
export function markerName(managerId: string): string {
  return `mcp.${managerId}`;
}

export function namesOf(slug: string): RouteNames {
  return {
    router: `mcp-${slug}`,
    stripPrefix: `mcp-${slug}-stripprefix`,
    serverPath: `mcp-${slug}-path`,
    base: `mcp-${slug}-base`,
    auth: `mcp-${slug}-auth`,
    strip: `mcp-${slug}-strip`,
    service: `mcp-${slug}-service`,
  };
}

/** Of what is served at the plain name of a slug's route: no name made of a slug has a dot. */
export function plainNamesOf(slug: string): RouteNames {
  return namesOf(`${slug}.plain`);
}

/** Answered by Traefik itself, whatever runs behind it. */
function markerRouter(managerId: string): Section {
  const marker = markerName(managerId);
  return {
    [marker]: {
      entryPoints: [ENTRY_POINT],
      rule: `Path(\`${markerPath(managerId)}\`)`,
      middlewares: [marker],
      service: 'noop@internal',
    },
  };
}

interface Surroundings {
  readonly transport: string;
  readonly api: ManagerApi | undefined;
  readonly host: string;
}

function toParts(route: Route, names: RouteNames, { transport, api, host }: Surroundings) {
  const { slug, path, targets } = route;
  const rule = `(${pathRule(slug)}) && ${host}`;
  const base = basePathOf(targets);
  const guards = toGuards(route, names, api);
  const middlewares = [
    ...Object.keys(guards),
    names.stripPrefix,
    names.serverPath,
    ...(base === '' ? [] : [names.base]),
  ];
  const entry = { entryPoints: [ENTRY_POINT], middlewares };
  const own = ownersOf(route).map(({ instance, url }) => ({
    name: `${names.router}.${instance}`,
    ownRule: `${rule} && HeaderRegexp(\`Mcp-Session-Id\`, \`^${instance}\\.\`)`,
    url,
  }));
  const routers = own.map(
    ({ name, ownRule }) => [name, { ...entry, rule: ownRule, service: name }] as const,
  );
  const services = own.map(({ name, url }) => [name, toService([url], transport)] as const);
  return {
    routers: {
      [names.router]: { ...entry, rule, service: names.service },
      ...Object.fromEntries(routers),
    },
    middlewares: {
      ...guards,
      [names.stripPrefix]: { stripPrefix: { prefixes: [`/mcp/${slug}`] } },
      // The exact path alone is stripped to nothing: below it at least a slash is left.
      [names.serverPath]: {
        replacePathRegex: { regex: '^$', replacement: path.replaceAll('$', '$$$$') },
      },
      ...(base !== '' && { [names.base]: { addPrefix: { prefix: base } } }),
    },
    services: {
      [names.service]: toService(
        targets.map(({ url }) => url),
        transport,
      ),
      ...Object.fromEntries(services),
    },
  };
}

/** In the order in which a request passes them. What nobody can check is closed. */
function toGuards(route: Route, names: RouteNames, api: ManagerApi | undefined): Section {
  const { auth } = route;
  if (!auth) return {};
  const address = `${api?.url ?? NOBODY}${formatAuthQuestion(route, auth)}`;
  return {
    // Nothing of the request but the token: the answer is about nothing else.
    [names.auth]: { forwardAuth: { address, authRequestHeaders: ['Authorization'] } },
    ...(!auth.passToken && {
      [names.strip]: { headers: { customRequestHeaders: { Authorization: '' } } },
    }),
  };
}

/** Those whose sessions must reach them and nobody else: the bridge's session ids begin with the instance. */
function ownersOf({ targets, draining = [] }: Route): readonly RouteTarget[] {
  return targets.length + draining.length > 1 ? [...targets, ...draining] : [];
}

/** The API as the platform knows it, and where clients learn who gives tokens. */
function toApiParts({ url, isRouted }: ManagerApi) {
  const entry = { entryPoints: [ENTRY_POINT], service: MANAGER_SERVICE };
  const metadata = { ...entry, rule: `PathPrefix(\`${METADATA_PATH}/\`)` };
  return {
    routers: {
      'mcp-manager-metadata': metadata,
      ...(isRouted && {
        'mcp-manager-health': { ...entry, rule: 'Path(`/health`)' },
        'mcp-manager-api': {
          ...entry,
          rule: 'Path(`/api/mcp`) || PathPrefix(`/api/mcp/`)',
          middlewares: [API_PREFIX],
        },
        'mcp-manager-catchall': {
          ...entry,
          rule: '!PathPrefix(`/mcp/`) && !PathPrefix(`/api/mcp`)',
          // Anything that is somebody else's goes there: a short rule would win over a long one only by this.
          priority: 1,
        },
      }),
    },
    middlewares: isRouted ? { [API_PREFIX]: { stripPrefix: { prefixes: ['/api/mcp'] } } } : {},
    services: {
      [MANAGER_SERVICE]: {
        loadBalancer: {
          servers: [{ url }],
          // The API looks at the name by which it was called.
          passHostHeader: true,
          responseForwarding: { flushInterval: '-1ms' },
        },
      },
    },
  };
}

const MANAGER_SERVICE = 'mcp-manager-service';
const API_PREFIX = 'mcp-api-stripprefix';

function toService(urls: readonly string[], transport: string) {
  const servers = urls.map((url) => ({ url: new URL(url).origin }));
  return {
    loadBalancer: {
      ...(servers.length > 0 && { servers }),
      passHostHeader: false,
      responseForwarding: { flushInterval: '-1ms' },
      serversTransport: transport,
    },
  };
}

/** Traefik takes no path in a server's URL. What runs elsewhere has one instance at a time. */
function basePathOf([target]: readonly RouteTarget[]): string {
  return target === undefined ? '' : new URL(target.url).pathname.replace(/\/$/, '');
}
