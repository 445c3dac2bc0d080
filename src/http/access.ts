import type { FastifyInstance, FastifyRequest } from 'fastify';
import { formatIdentity, type Identity } from '../model/access.ts';

/** What holds for whoever asks, from when it is known who that is. */
export interface Access {
  readonly identity: Identity;
  /** Whether what concerns this service may be shown. */
  sees(service: string): boolean | Promise<boolean>;
  /** Whether a service of this name can be made: there is none yet that is not shown. */
  mayMake(service: string): boolean | Promise<boolean>;
  /** Aborts once the right to ask has ended; to be asked for by what lasts, until `gone`. */
  until(gone: AbortSignal): AbortSignal | undefined;
}

/** What came of a write. */
export type Outcome = 'done' | 'failed';

declare module 'fastify' {
  interface FastifyRequest {
    access: Access | null;
    /** Why it was refused, for the audit. */
    isRefused: boolean;
    /** The service that it is about, where neither path nor body names it as documents do. */
    concerns: string | null;
    /** The workspace of that service, where it is known to whoever answers: it may be gone at the audit. */
    workspace: string | null;
    /** What comes of it, where the status of its answer does not say so. Never rejects. */
    outcome: Promise<Outcome> | null;
  }
}

/** Whoever opens the socket in the state folder is its owner, or root. */
export const LOCAL: Identity = { kind: 'local', id: 'socket', name: 'socket', role: 'admin' };

export function decorateAccess(app: FastifyInstance): void {
  app.decorateRequest('access', null);
  app.decorateRequest('isRefused', false);
  app.decorateRequest('concerns', null);
  app.decorateRequest('workspace', null);
  app.decorateRequest('outcome', null);
}

/** May see and do everything for ever. */
export function fullAccess(identity: Identity): Access {
  return { identity, sees: () => true, mayMake: () => true, until: () => undefined };
}

/** Who it is is known, and nothing may be seen or done. */
export function noAccess(identity: Identity): Access {
  return { identity, sees: () => false, mayMake: () => false, until: () => undefined };
}

/** How history names who asks. */
export function identityOf({ access }: FastifyRequest): string {
  return access === null ? 'the API' : formatIdentity(access.identity);
}

/** The items that whoever asks may see. */
export async function filterSeen<Item>(
  { access }: FastifyRequest,
  items: readonly Item[],
  serviceOf: (item: Item) => string | undefined,
): Promise<readonly Item[]> {
  if (access === null) return [];
  if (access.identity.workspace === undefined) return items;
  const seen = await Promise.all(
    items.map(async (item) => {
      const service = serviceOf(item);
      return service !== undefined && (await access.sees(service));
    }),
  );
  return items.filter((_, at) => seen[at]);
}
