import type { ApplyMessage, Control, EventQuery, Health } from '../control.ts';
import type { DeclareRequest } from '../model/declaration.ts';
import type { CloudEvent } from '../model/event.ts';
import type { LogLine, LogRequest } from '../ports.ts';
import { createSocketCaller, type SocketRequest } from './socket-request.ts';

/** A living manager answers this at once, however busy it is. */
const HEALTH_TIMEOUT_MS = 5000;

/** The Control of the manager that listens on this socket. Throws MANAGER_UNREACHABLE where none does. */
export function createSocketClient(socketPath: string): Control {
  const { ask, stream } = createSocketCaller(socketPath);
  return {
    health: () => ask<Health>({ method: 'GET', path: '/v1/health', timeoutMs: HEALTH_TIMEOUT_MS }),
    status: () => ask({ method: 'GET', path: '/v1/services' }),
    plan: (request) => ask({ method: 'POST', path: '/v1/plan', body: request }),
    apply: (request, signal) =>
      stream<ApplyMessage>({ method: 'POST', path: '/v1/apply', body: request, signal }),
    draftImport: (request) => ask({ method: 'POST', path: '/v1/imports/draft', body: request }),
    keepImported: (request) => ask({ method: 'POST', path: '/v1/imports/secrets', body: request }),
    ask: (command) => ask({ method: 'POST', path: '/v1/commands', body: command }),
    wake: (names) => ask({ method: 'POST', path: '/v1/wake', body: names ? { names } : {} }),
    events: (query, signal) =>
      stream<CloudEvent>({ method: 'GET', path: `/v1/events${toEventQuery(query)}`, signal }),
    logs: (service, request, signal) =>
      stream<LogLine>({ method: 'GET', path: toLogPath(service, request), signal }),
    tools: (service) => ask({ method: 'GET', path: toToolsPath(service) }),
    callTool: ({ service, ...body }) =>
      ask({ method: 'POST', path: `${toToolsPath(service)}/call`, body }),
    releases: (service) => ask({ method: 'GET', path: `${toServicePath(service)}/releases` }),
    recordedTools: () => ask({ method: 'GET', path: '/v1/tools' }),
    declared: (service) => ask({ method: 'GET', path: `${toServicePath(service)}/document` }),
    declare: (request) => ask(toDeclareCall(request)),
    transfer: ({ service, to }) =>
      ask({ method: 'POST', path: `${toServicePath(service)}/transfer`, body: { to } }),
    history: ({ service, limit }) =>
      ask({ method: 'GET', path: `/v1/history${toQuery({ service, limit: String(limit) })}` }),
  };
}

const METHODS = { put: 'PUT', merge: 'PATCH', delete: 'DELETE' } as const;

function toDeclareCall({ service, change, ifMatch, ifNew, dryRun }: DeclareRequest): SocketRequest {
  const match = ifMatch === 'any' ? '*' : ifMatch?.map((etag) => `"${etag}"`).join(', ');
  return {
    method: METHODS[change.kind],
    path: `${toServicePath(service)}${dryRun === true ? '?dryRun=true' : ''}`,
    headers: {
      ...(match !== undefined && { 'if-match': match }),
      ...(ifNew === true && { 'if-none-match': '*' }),
    },
    ...(change.kind !== 'delete' && { body: change.fields }),
  };
}

function toServicePath(service: string): string {
  return `/v1/services/${encodeURIComponent(service)}`;
}

function toEventQuery({ since, follow, service, types }: EventQuery): string {
  return toQuery({ since, follow: String(follow), service, type: types?.join(',') });
}

function toToolsPath(service: string): string {
  return `${toServicePath(service)}/tools`;
}

function toLogPath(service: string, { follow, tail, sinceMs }: LogRequest): string {
  const query = toQuery({
    follow: String(follow),
    tail: tail === undefined ? undefined : String(tail),
    sinceMs: sinceMs === undefined ? undefined : String(sinceMs),
  });
  return `${toServicePath(service)}/logs${query}`;
}

function toQuery(values: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(values).filter((entry): entry is [string, string] => {
    return entry[1] !== undefined;
  });
  return `?${new URLSearchParams(given).toString()}`;
}
