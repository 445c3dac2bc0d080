import type { Role } from './access.ts';

/** The entry that makes a service reachable at `/mcp/<slug>`. */
export interface Route {
  readonly slug: string;
  /** Served at `/mcp/<plainName>` as well, where no other route has that name. */
  readonly plainName?: string;
  readonly service: string;
  /** The server's own MCP path: the exact public path is sent there. */
  readonly path: string;
  readonly targets: readonly RouteTarget[];
  /** Absent: whoever reaches the router reaches the service. */
  readonly auth?: RouteAuth;
  /** Get nothing but the requests of sessions that are theirs, until these have ended. */
  readonly draining?: readonly RouteTarget[];
}

/** What is asked of the token that a request shows. */
export interface AuthNeeds {
  /** The least role. */
  readonly role: Role;
  /** Ids of the tokens that are taken; absent: any. */
  readonly tokens?: readonly string[];
  /** Of the service: who is for one workspace only must be of this one. */
  readonly workspace?: string;
}

export interface RouteAuth extends AuthNeeds {
  /** The server gets the token as well. */
  readonly passToken?: true;
}

export interface RouteTarget {
  /** Instance name; sessions of the bridge are kept by it. */
  readonly instance: string;
  /** Base URL, `http://127.0.0.1:40123`; of what runs elsewhere with the instance's name as its path. */
  readonly url: string;
}

export type RouteObservation =
  | {
      readonly ok: true;
      readonly routes: readonly Route[];
      /** What does not harm these routes and needs somebody's hand. */
      readonly trouble?: string;
    }
  | { readonly ok: false; readonly cause: string };

/**
 * What is served at plain names, as routes whose slug that name is, by the slug of the route they belong
 * to. A name that is somebody's slug, or several routes' plain name, leads nowhere but to the slug's.
 */
export function toPlainRoutes(routes: readonly Route[]): ReadonlyMap<string, Route> {
  const slugs = new Set(routes.map(({ slug }) => slug));
  const byPlainName = Map.groupBy(routes, ({ plainName }) => plainName);
  return new Map(
    routes.flatMap(({ plainName, ...route }) => {
      if (plainName === undefined || slugs.has(plainName)) return [];
      if (byPlainName.get(plainName)?.length !== 1) return [];
      return [[route.slug, { ...route, slug: plainName }] as const];
    }),
  );
}
