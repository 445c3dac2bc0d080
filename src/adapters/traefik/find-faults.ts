import { namesOf, plainNamesOf, type RouteNames } from './configuration.ts';
import type { RoutesFile } from './routes-file.ts';

/** `GET /api/rawdata`, as far as it is looked at. */
export interface Served {
  readonly routers?: ServedSection;
  readonly middlewares?: ServedSection;
  readonly services?: ServedSection;
}

type ServedSection = Readonly<Record<string, ServedPart>>;

interface ServedPart {
  readonly status?: string;
  readonly error?: readonly string[];
}

/** Compares what Traefik serves with the file: by slug, why a route is not served as it is written. */
export function findFaults(file: RoutesFile, served: Served): ReadonlyMap<string, string> {
  const faults = file.routes.flatMap(({ slug }) => {
    const plain = plainNamesOf(slug);
    const isPlain = plain.router in file.configuration.http.routers;
    const fault =
      faultOf(namesOf(slug), file, served) ?? (isPlain ? faultOf(plain, file, served) : undefined);
    return fault === undefined ? [] : [[slug, fault] as const];
  });
  return new Map(faults);
}

function faultOf(names: RouteNames, file: RoutesFile, served: Served): string | undefined {
  const { router, stripPrefix, serverPath, base, auth, strip, service } = names;
  const { routers, middlewares, services = {} } = file.configuration.http;
  return (
    compare('router', router, { wanted: routers, served: served.routers }) ??
    compare('middleware', stripPrefix, { wanted: middlewares, served: served.middlewares }) ??
    compare('middleware', serverPath, { wanted: middlewares, served: served.middlewares }) ??
    [base, auth, strip]
      .filter((name) => name in middlewares)
      .map((name) =>
        compare('middleware', name, { wanted: middlewares, served: served.middlewares }),
      )
      .find((fault) => fault !== undefined) ??
    compare('service', service, { wanted: services, served: served.services })
  );
}

interface Sides {
  readonly wanted: Readonly<Record<string, object>>;
  readonly served: ServedSection | undefined;
}

function compare(kind: string, name: string, { wanted, served }: Sides): string | undefined {
  const part = served?.[`${name}@file`];
  if (part === undefined) return `Traefik has no ${kind} ${name}`;
  if (!holds(part, wanted[name])) {
    return `Traefik's ${kind} ${name} is another file's: one name can stand in one file only`;
  }
  const { status, error } = part;
  if (status === 'enabled') return undefined;
  return `Traefik's ${kind} ${name} is ${status ?? 'unknown'}: ${[error].flat().join('; ')}`;
}

/** Whether `served` has everything that `wanted` has; Traefik adds defaults, and to names their provider. */
function holds(served: unknown, wanted: unknown): boolean {
  if (typeof wanted === 'string') return served === wanted || served === `${wanted}@file`;
  if (Array.isArray(wanted)) {
    const items: unknown[] = Array.isArray(served) ? served : [];
    return items.length === wanted.length && wanted.every((item, at) => holds(items[at], item));
  }
  if (typeof wanted !== 'object' || wanted === null) return served === wanted;
  if (typeof served !== 'object' || served === null) return false;
  const parts = new Map<string, unknown>(Object.entries(served));
  return Object.entries(wanted).every(([key, value]) => holds(parts.get(key), value));
}
