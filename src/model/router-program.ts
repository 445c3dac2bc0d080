import { createHash } from 'node:crypto';
import type { Route, RouteTarget } from './route.ts';

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

const FORMAT_VERSION = 1;

/** The routes file's text: the same routes in the same order give the same text. */
export function formatRoutes(routes: readonly Route[]): string {
  const plain = routes.map(({ slug, service, path, targets, draining }) => ({
    slug,
    service,
    path,
    targets: targets.map(toPlain),
    ...(draining && { draining: draining.map(toPlain) }),
  }));
  return `${JSON.stringify({ formatVersion: FORMAT_VERSION, routes: plain }, null, 1)}\n`;
}

function toPlain({ instance, url }: RouteTarget): RouteTarget {
  return { instance, url };
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
    typeof value['service'] === 'string' &&
    typeof value['path'] === 'string' &&
    Array.isArray(value['targets']) &&
    value['targets'].every(isTarget) &&
    (value['draining'] === undefined ||
      (Array.isArray(value['draining']) && value['draining'].every(isTarget)))
  );
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
