import type { Role } from './access.ts';

/** The entry that makes a service reachable at `/mcp/<slug>`. */
export interface Route {
  readonly slug: string;
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
