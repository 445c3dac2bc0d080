import { createHash } from 'node:crypto';
import { ROLES } from './access.ts';
import type { AuthNeeds, Route, RouteAuth, RouteTarget } from './route.ts';

/** What `GET /.router/status` on the router program's control socket answers. */
export interface RouterStatus {
  readonly pid: number;
  readonly port: number;
  /** Of its code and settings, as it was told at its start. */
  readonly fingerprint: string;
  /** `routesGeneration` of the text it serves; empty before the first good read. */
  readonly generation: string;
  /** Requests and streams open now, by instance; instances without any are left out. */
  readonly inFlight: Readonly<Record<string, number>>;
  /** Milliseconds since each instance last answered a request with success; absent from older programs. */
  readonly answeredAgoMs?: Readonly<Record<string, number>>;
}

/** Exit code of the router program when another program holds its port. */
export const PORT_TAKEN_EXIT_CODE = 3;

/** Where the manager says whether a token is enough for a route. */
export const AUTH_PATH = '/v1/auth';

/** Below it a client learns who gives tokens for a service (RFC 9728). */
export const METADATA_PATH = '/.well-known/oauth-protected-resource/mcp';

/** Path and query of that question. Holds ids, never a token. */
export function formatAuthQuestion(
  { slug, service }: Pick<Route, 'slug' | 'service'>,
  { role, tokens, workspace }: AuthNeeds,
): string {
  const query = new URLSearchParams({
    slug,
    ...(service !== slug && { service }),
    role,
    ...(tokens && { tokens: tokens.join() }),
    ...(workspace !== undefined && { workspace }),
  });
  return `${AUTH_PATH}?${query.toString()}`;
}

/** What the manager answers with 200. */
export interface AuthAnswer {
  /** Wall-clock milliseconds. */
  readonly expiresAtMs?: number;
}

const FORMAT_VERSION = 1;

/** The routes file's text: the same routes in the same order give the same text. */
export function formatRoutes(routes: readonly Route[]): string {
  const plain = routes.map(({ slug, plainName, service, path, auth, targets, draining }) => ({
    slug,
    ...(plainName !== undefined && { plainName }),
    service,
    path,
    ...(auth && { auth: toPlainAuth(auth) }),
    targets: targets.map(toPlain),
    ...(draining && { draining: draining.map(toPlain) }),
  }));
  return `${JSON.stringify({ formatVersion: FORMAT_VERSION, routes: plain }, null, 1)}\n`;
}

function toPlain({ instance, url }: RouteTarget): RouteTarget {
  return { instance, url };
}

function toPlainAuth({ role, tokens, workspace, passToken }: RouteAuth): RouteAuth {
  return {
    role,
    ...(tokens && { tokens }),
    ...(workspace !== undefined && { workspace }),
    ...(passToken && { passToken }),
  };
}

/** Names one text of the routes file, so that one side can ask whether the other serves it. */
export function routesGeneration(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** The routes of a routes file. Throws an Error that says what is wrong with it. */
export function parseRoutes(text: string): readonly Route[] {
  const file: unknown = JSON.parse(text);
  if (!isObject(file) || file['formatVersion'] !== FORMAT_VERSION) {
    throw new Error(`formatVersion is not ${String(FORMAT_VERSION)}`);
  }
  if (!Array.isArray(file['routes'])) throw new Error('routes is no list');
  return file['routes'].map((entry: unknown, index) => {
    if (!isRoute(entry)) throw new Error(`routes[${String(index)}] is no route`);
    return entry;
  });
}

function isRoute(value: unknown): value is Route {
  return (
    isObject(value) &&
    typeof value['slug'] === 'string' &&
    (value['plainName'] === undefined || isText(value['plainName'])) &&
    typeof value['service'] === 'string' &&
    typeof value['path'] === 'string' &&
    (value['auth'] === undefined || isAuth(value['auth'])) &&
    Array.isArray(value['targets']) &&
    value['targets'].every(isTarget) &&
    (value['draining'] === undefined ||
      (Array.isArray(value['draining']) && value['draining'].every(isTarget)))
  );
}

/** What cannot be read must not become a route that asks for less. */
function isAuth(value: unknown): value is RouteAuth {
  if (!isObject(value)) return false;
  const { role, tokens, workspace, passToken } = value;
  return (
    ROLES.some((one) => one === role) &&
    (tokens === undefined || (Array.isArray(tokens) && tokens.every(isText))) &&
    (workspace === undefined || isText(workspace)) &&
    (passToken === undefined || passToken === true)
  );
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isTarget(value: unknown): value is RouteTarget {
  return (
    isObject(value) &&
    typeof value['instance'] === 'string' &&
    typeof value['url'] === 'string' &&
    URL.canParse(value['url'])
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
