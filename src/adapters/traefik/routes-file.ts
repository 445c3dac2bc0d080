import { createHash } from 'node:crypto';
import { AppError } from '../../errors.ts';
import { formatRoutes, parseRoutes } from '../../model/router-program.ts';
import type { Route } from '../../model/route.ts';
import { toConfiguration, type Configuration, type ConfigurationOptions } from './configuration.ts';

/** The one file that this manager writes for Traefik. */
export interface RoutesFile {
  /** JSON, which is YAML, below comments that hold what Traefik has no place for. */
  readonly text: string;
  /** Told by Traefik, so that one can ask whether it serves this text. */
  readonly generation: string;
  readonly configuration: Configuration;
  /** By slug. */
  readonly routes: readonly Route[];
}

const TITLE = '# Written by mcp-manager for Traefik: what is changed here by hand is lost.';
const MANAGER = '# manager: ';
const ROUTES = '# routes: ';

const SLUG = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;

/** What Traefik would call such a route is what the manager's own API is called there. */
const OWN_SLUG = /^manager(?:-(?:health|api|catchall|metadata))?$/;

/** The same routes in any order give the same text. */
export function formatRoutesFile(
  routes: readonly Route[],
  options: ConfigurationOptions,
): RoutesFile {
  const sorted = routes.toSorted((a, b) => (a.slug < b.slug ? -1 : 1));
  const unmarked = JSON.stringify(toConfiguration(sorted, options, ''));
  const generation = createHash('sha256').update(unmarked).digest('hex').slice(0, 16);
  const configuration = toConfiguration(sorted, options, generation);
  const lines = [
    TITLE,
    MANAGER + options.managerId,
    ROUTES + formatRoutes(sorted).replaceAll(/\n */g, ''),
    JSON.stringify(configuration, null, 1),
  ];
  return { text: `${lines.join('\n')}\n`, generation, configuration, routes: sorted };
}

/** The routes of such a file. Throws an Error that says what is wrong with it. */
export function parseRoutesFile(text: string): readonly Route[] {
  const line = commentOf(text, ROUTES);
  if (line === undefined) throw new Error('it has no line with the routes');
  return parseRoutes(line);
}

/** The manager that wrote the text; undefined for any other text. */
export function readOwner(text: string): string | undefined {
  return text.startsWith(TITLE) ? commentOf(text, MANAGER) : undefined;
}

/** Throws ROUTE_REFUSED for what must not be written: Traefik runs its files as Go templates. */
export function checkRoute(route: Route): void {
  const { slug, plainName = slug, service, path, auth, targets, draining = [] } = route;
  const unfit = [slug, plainName].find((name) => !SLUG.test(name));
  if (unfit !== undefined) throw refuse(service, `${JSON.stringify(unfit)} is no path name`);
  if (OWN_SLUG.test(slug)) throw refuse(service, `the slug "${slug}" stands for the manager's API`);
  const reached = [...targets, ...draining].flatMap(({ instance, url }) => [instance, url]);
  const values = [service, path, auth?.workspace ?? '', ...reached];
  const bad = values.find((value) => value.includes('{{'));
  if (bad !== undefined) throw refuse(service, `${JSON.stringify(bad)} holds "{{"`);
}

function refuse(service: string, what: string): AppError {
  return new AppError('ROUTE_REFUSED', `${service} cannot be routed by Traefik: ${what}`, {
    hint: 'change that value in the document',
  });
}

function commentOf(text: string, name: string): string | undefined {
  const begin = text.indexOf(`\n${name}`);
  if (begin < 0) return undefined;
  const end = text.indexOf('\n', begin + 1);
  return text.slice(begin + 1 + name.length, end < 0 ? undefined : end);
}
