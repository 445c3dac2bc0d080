import type { FastifyInstance } from 'fastify';
import type { RouteAuthority } from '../access-ports.ts';
import { AppError } from '../errors.ts';
import { isRoleEnough, ROLES, type Identity, type Role } from '../model/access.ts';
import { AUTH_PATH, METADATA_PATH, type AuthAnswer } from '../model/router-program.ts';
import type { AuthNeeds } from '../model/route.ts';
import { noAccess } from './access.ts';
import { challenge, identify, refuse, toMetadata } from './admit.ts';
import { objectSchema } from './request-schemas.ts';
import { problems } from './schemas/problem-document.ts';

const text = { type: 'string', maxLength: 2_000 };
const texts = { type: 'array', items: { type: 'string' } };
const schema = {
  operationId: 'checkRouteToken',
  summary: 'Whether the token is enough for a route; asked by routers',
  tags: ['access'],
  querystring: objectSchema(
    {
      role: { enum: ROLES },
      slug: text,
      service: { ...text, description: 'for the audit; default: the slug' },
      tokens: text,
      workspace: text,
    },
    ['role', 'slug'],
  ),
  response: {
    200: {
      description: 'The token is enough.',
      ...objectSchema({
        expiresAtMs: { type: 'number', description: 'Unix time in milliseconds.' },
      }),
    },
    ...problems(401),
  },
} as const;

const metadataSchema = {
  operationId: 'getProtectedResource',
  summary: 'Who gives tokens for a service (RFC 9728)',
  tags: ['access'],
  params: objectSchema({ slug: text }, ['slug']),
  response: {
    200: {
      description: 'Where tokens come from.',
      ...objectSchema(
        {
          resource: { type: 'string' },
          authorization_servers: texts,
          bearer_methods_supported: texts,
          scopes_supported: texts,
        },
        ['resource', 'authorization_servers'],
      ),
    },
  },
} as const;

interface OfSlug {
  readonly Params: { readonly slug: string };
}

interface Asked {
  readonly Querystring: {
    readonly role: Role;
    readonly slug: string;
    readonly service?: string;
    readonly tokens?: string;
    readonly workspace?: string;
  };
}

/**
 * `GET /v1/auth` answers 200 when the token of the request has what the query asks for: everything that
 * is to be known stands in the question, so that a route and what is checked for it never differ.
 * Else 401 or 403 with a challenge, 503 while nobody can say. Idempotent.
 */
export function addRouteAuth(app: FastifyInstance, options: RouteAuthority | undefined): void {
  app.get<Asked>(AUTH_PATH, { schema }, async (request, reply): Promise<AuthAnswer> => {
    const { slug, service = slug, role, tokens, workspace } = request.query;
    request.concerns = service;
    // It is about whose token this is, not about the router that asks.
    request.access = null;
    if (!options) throw new AppError('AUTH_UNAVAILABLE', 'nobody can say now whose token this is');
    const { authenticator } = options;
    const metadataUrl = options.issuer && `${options.baseUrl}${METADATA_PATH}/${encodeURI(slug)}`;
    const about = { authenticator, ...(metadataUrl !== undefined && { metadataUrl }) };
    const { identity } = await identify(request, reply, about);
    request.access = noAccess(identity);
    const needs = {
      role,
      ...(tokens !== undefined && { tokens: tokens.split(',') }),
      ...(workspace !== undefined && { workspace }),
    };
    const lack = findLack(identity, needs);
    if (lack === undefined) return toAnswer(identity);
    challenge(reply, { error: 'insufficient_scope', scope: role, ...toMetadata(metadataUrl) });
    throw refuse(request, new AppError('FORBIDDEN', lack));
  });
  addMetadata(app, options);
}

/** How a client that has no token finds who gives it one (MCP, Authorization; RFC 9728). */
function addMetadata(app: FastifyInstance, options: RouteAuthority | undefined): void {
  const route = `${METADATA_PATH}/:slug`;
  app.get<OfSlug>(route, { schema: metadataSchema }, (request, reply) => {
    if (options?.issuer === undefined) return reply.callNotFound();
    return reply.send({
      resource: `${options.baseUrl}/mcp/${encodeURIComponent(request.params.slug)}`,
      authorization_servers: [options.issuer],
      bearer_methods_supported: ['header'],
      scopes_supported: ROLES,
    });
  });
}

/** Everything that is said must hold. */
function findLack({ kind, id, role, workspace }: Identity, needs: AuthNeeds): string | undefined {
  if (workspace !== undefined && workspace !== needs.workspace) {
    return 'the token is for another workspace';
  }
  if (!isRoleEnough(role, needs.role)) return `this takes the role ${needs.role}`;
  // An issuer may well call somebody by the id of a token of ours.
  const isNamed = kind === 'token' && needs.tokens?.includes(id);
  return needs.tokens === undefined || isNamed ? undefined : 'this takes another token';
}

function toAnswer({ expiresAtMs }: Identity): AuthAnswer {
  return expiresAtMs === undefined ? {} : { expiresAtMs };
}
