import type { ServiceStatus } from '../model/status.ts';
import { badRequest } from './bad-request.ts';

/** By what services can be put in order; each also downwards, with a dash before it. */
export const SORT_KEYS = ['name', 'state', 'changed', 'started'] as const;
type SortKey = (typeof SORT_KEYS)[number];

/** A query as it was sent; what is absent asks nothing. */
export interface ServiceQuery {
  /** One state, or several with commas between. */
  readonly state?: string;
  readonly origin?: string;
  readonly runtime?: string;
  readonly workspace?: string;
  /** How names begin. */
  readonly prefix?: string;
  /** `key=value`, all of which a service must carry. */
  readonly label?: string | readonly string[];
  readonly sort?: string;
  readonly limit?: string;
  readonly cursor?: string;
}

export interface ServicePage {
  readonly services: readonly ServiceStatus[];
  /** That the query matches, on all pages. */
  readonly total: number;
  /** For the query of the next page; absent on the last. */
  readonly next?: string;
}

/**
 * The services that a query asks for. A cursor says where the page before it ended, by the value and the name
 * of its last service: what comes and goes meanwhile moves no other service to a page that was read.
 */
export function toServicePage(
  services: readonly ServiceStatus[],
  query: ServiceQuery,
): ServicePage {
  const { sort = 'name', limit } = query;
  const order = toOrder(sort);
  const matching = services.filter((service) => matches(service, query));
  const after = query.cursor === undefined ? undefined : readCursor(query.cursor, sort);
  const rest = matching
    .map((service): Placed => ({ service, value: order.valueOf(service) }))
    .filter((placed) => !after || order.compare(placed, after) > 0)
    .toSorted(order.compare);
  const page = rest.slice(0, limit === undefined ? undefined : Number(limit));
  const last = page.at(-1);
  return {
    services: page.map(({ service }) => service),
    total: matching.length,
    ...(last && page.length < rest.length && { next: toCursor(sort, last) }),
  };
}

function matches(service: ServiceStatus, query: ServiceQuery): boolean {
  const { state, origin, runtime, workspace, prefix = '', label = [] } = query;
  return (
    (state === undefined || state.split(',').includes(service.state)) &&
    (origin === undefined || origin.split(',').includes(service.origin)) &&
    (runtime === undefined || runtime === service.runtime) &&
    (workspace === undefined || workspace === service.workspace) &&
    service.name.startsWith(prefix) &&
    [label].flat().every((pair) => carries(service.labels, pair))
  );
}

function carries(labels: Readonly<Record<string, string>>, pair: string): boolean {
  const equals = pair.indexOf('=');
  const key = pair.slice(0, equals);
  return Object.hasOwn(labels, key) && labels[key] === pair.slice(equals + 1);
}

interface Place {
  readonly value: string | number;
  readonly service: { readonly name: string };
}

interface Placed extends Place {
  readonly service: ServiceStatus;
}

function toOrder(sort: string) {
  const sign = sort.startsWith('-') ? -1 : 1;
  const key = SORT_KEYS.find((known) => known === sort.replace('-', '')) ?? 'name';
  return {
    valueOf: VALUES[key],
    compare: (a: Place, b: Place): number =>
      sign * (compare(a.value, b.value) || compare(a.service.name, b.service.name)),
  };
}

const VALUES: Readonly<Record<SortKey, (service: ServiceStatus) => string | number>> = {
  name: ({ name }) => name,
  state: ({ state }) => state,
  changed: ({ changedAtMs = 0 }) => changedAtMs,
  started: ({ startedAtMs = 0 }) => startedAtMs,
};

function compare(a: string | number, b: string | number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function toCursor(sort: string, { value, service }: Place): string {
  return Buffer.from(JSON.stringify([sort, value, service.name])).toString('base64url');
}

/** A cursor belongs to its order: in another one it would stand anywhere. */
function readCursor(cursor: string, sort: string): Place {
  const [madeFor, value, name] = parseList(Buffer.from(cursor, 'base64url').toString());
  const isValue = typeof value === 'string' || typeof value === 'number';
  if (madeFor === sort && isValue && typeof name === 'string') return { value, service: { name } };
  throw badRequest('`cursor` is not the `next` of a page of this list in this order');
}

function parseList(text: string): readonly unknown[] {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    return [];
  }
}
