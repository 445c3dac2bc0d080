import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Authentication, Authenticator } from '../access-ports.ts';
import { AppError } from '../errors.ts';
import { accessTo, isRoleEnough, type Identity, type RouteAccess } from '../model/access.ts';
import { toRecord } from '../model/record.ts';
import { fullAccess } from './access.ts';
import { readBearer } from './bearer.ts';
import { watchRight } from './right.ts';
import type { Workspaces } from './workspaces.ts';

const ANYONE: Identity = { kind: 'anyone', id: 'anyone', name: 'anyone', role: 'admin' };
/** By then a key, or a place for comparing, is likely to be had. */
const COME_AGAIN_S = 5;

export interface AdmitOptions {
  /** Absent: everybody may do everything. */
  readonly authenticator?: Authenticator;
  readonly workspaces: Workspaces;
}

/** Says who asks, before anything of the body is read. Throws UNAUTHENTICATED, FORBIDDEN, AUTH_UNAVAILABLE. */
export async function admit(
  request: FastifyRequest,
  reply: FastifyReply,
  { authenticator, workspaces }: AdmitOptions,
): Promise<void> {
  const wanted = accessOf(request);
  if (isForAll(request)) return;
  if (!authenticator) {
    request.access = fullAccess(ANYONE);
    return;
  }
  const { identity, token } = await identify(request, reply, { authenticator });
  const { workspace } = identity;
  request.access = {
    identity,
    sees: (service) => workspace === undefined || workspaces.isOf(service, workspace),
    mayMake: async (service) => workspace === undefined || !(await workspaces.isThere(service)),
    until: (gone) => watchRight({ authenticator, token, identity }, gone),
  };
  if (request.is404) return;
  const lack = findLack(identity, wanted);
  if (lack !== undefined) throw refuse(request, new AppError('FORBIDDEN', lack, { hint: WHOAMI }));
}

/** Whether its route asks for no token. */
export function isForAll(request: FastifyRequest): boolean {
  return accessOf(request)?.role === 'none';
}

export interface IdentifyOptions {
  readonly authenticator: Authenticator;
  /** Where a client learns how to get a token (RFC 9728). */
  readonly metadataUrl?: string;
}

/** Whose token a request shows. Throws UNAUTHENTICATED, FORBIDDEN, AUTH_UNAVAILABLE. */
export async function identify(
  request: FastifyRequest,
  reply: FastifyReply,
  { authenticator, metadataUrl }: IdentifyOptions,
): Promise<{ readonly identity: Identity; readonly token: string }> {
  const token = readBearer(request.headers.authorization);
  const answer = token ? await authenticator.authenticate(token) : undefined;
  if (answer?.kind === 'known' && token) return { identity: answer.identity, token };
  const refusal = toRefusal(answer, reply);
  if (refusal.code === 'UNAUTHENTICATED') {
    const error = token === undefined ? {} : { error: 'invalid_token' };
    challenge(reply, { ...error, ...toMetadata(metadataUrl) });
  }
  throw refuse(request, refusal);
}

/** RFC 6750 §3, RFC 9728 §5.1: without a token nothing is said of an error. */
export function challenge(reply: FastifyReply, says: Readonly<Record<string, string>>): void {
  const parts = Object.entries({ realm: 'mcp-manager', ...says });
  const text = parts.map(([key, value]) => `${key}="${value}"`).join(', ');
  reply.header('www-authenticate', `Bearer ${text}`);
}

export function toMetadata(url: string | undefined): Readonly<Record<string, string>> {
  return url === undefined ? {} : { resource_metadata: url };
}

/** Who is for one workspace acts on no service but those of it; it is named in the path, or in the body once that was read. */
export async function admitToService(
  request: FastifyRequest,
  place: 'path' | 'body',
): Promise<void> {
  const { access } = request;
  const wanted = accessOf(request)?.workspace;
  const isNew = wanted === 'new';
  if (access?.identity.workspace === undefined) return;
  if (isNew ? place !== 'path' : wanted !== place) return;
  const service = serviceOf(request) ?? '';
  if (await access.sees(service)) return;
  // Whose it really is, is looked up once more when it is written.
  if (isNew && (await access.mayMake(service))) return;
  // The same words as for a name that does not exist: the names of others are not told.
  const unknown = new AppError('SERVICE_UNKNOWN', `there is no service ${service}`, {
    hint: 'GET /v1/services lists all',
  });
  throw refuse(request, unknown);
}

/** The service that a request is about, by its path or its body. */
export function serviceOf({ params, body }: FastifyRequest): string | undefined {
  return readText(params, 'name') ?? readText(body, 'service');
}

function readText(from: unknown, key: string): string | undefined {
  const value = toRecord(from)[key];
  return typeof value === 'string' ? value : undefined;
}

function accessOf({ method, routeOptions }: FastifyRequest): RouteAccess | undefined {
  return accessTo(method, routeOptions.url ?? '');
}

/** What is missing for a route; what is in no table is for nobody. */
function findLack(
  { role, workspace }: Identity,
  wanted: RouteAccess | undefined,
): string | undefined {
  if (!wanted) return 'nobody may do this';
  if (!isRoleEnough(role, wanted.role)) return `this takes the role ${wanted.role}`;
  const isRefused = workspace !== undefined && wanted.workspace === 'refused';
  return isRefused ? 'this takes a token for all workspaces' : undefined;
}

/** Notes it for the audit. */
export function refuse(request: FastifyRequest, error: AppError): AppError {
  request.isRefused = true;
  return error;
}

function toRefusal(answer: Authentication | undefined, reply: FastifyReply): AppError {
  switch (answer?.kind) {
    case 'expired':
      return new AppError('UNAUTHENTICATED', 'the token has expired', { hint: ASK_FOR_ONE });
    case 'powerless':
      return new AppError('FORBIDDEN', `the token gives no rights here: ${answer.cause}`);
    case 'unavailable':
      reply.header('retry-after', String(COME_AGAIN_S));
      return new AppError('AUTH_UNAVAILABLE', 'nobody can say now whose token this is');
    case 'unknown':
      return new AppError('UNAUTHENTICATED', 'the token is not known here', { hint: ASK_FOR_ONE });
    case 'known':
    case undefined:
      return new AppError('UNAUTHENTICATED', 'this takes a token', { hint: ASK_FOR_ONE });
  }
}

const WHOAMI = 'GET /v1/whoami tells what the token may do';
const ASK_FOR_ONE =
  'send `Authorization: Bearer …`; `mcp-manager token create` makes a token where the manager runs';
