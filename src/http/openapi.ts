import { STATUS_CODES } from 'node:http';
import { accessTo, type RouteAccess } from '../model/access.ts';
import { isRecord } from '../model/record.ts';
import { type ComponentSchemas, createComponentSchemas, type Schema } from './component-schemas.ts';
import { errorSchema } from './platform/about.ts';
import { propertiesOf } from './request-schemas.ts';
import { problems } from './schemas/problem-document.ts';

/** A route as it was added to the app. */
export interface DescribedRoute {
  readonly method: string;
  readonly url: string;
  readonly schema?: Schema;
}

/** The description of the API (OpenAPI 3.1), made from what its routes say of themselves. */
export function toOpenApi(routes: readonly DescribedRoute[], version: string) {
  const schemas = createComponentSchemas();
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes.toSorted(byPath)) {
    const path = route.url.replaceAll(/:(\w+)/g, '{$1}');
    (paths[path] ??= {})[route.method.toLowerCase()] = toOperation(route, schemas);
  }
  return {
    openapi: '3.1.0',
    info: { title: 'mcp-manager', version, description: ABOUT, license: LICENSE },
    servers: [{ url: '/' }],
    paths,
    components: { schemas: schemas.all(), securitySchemes: { token: TOKEN } },
  };
}

export type OpenApi = ReturnType<typeof toOpenApi>;

const ABOUT =
  'Keeps a declared set of MCP servers running. Everything below `/v1` answers errors as ' +
  '`application/problem+json` with a stable code; the other paths speak the language of the platform.';
const LICENSE = { name: 'Apache-2.0', identifier: 'Apache-2.0' };
const TOKEN = {
  type: 'http',
  scheme: 'bearer',
  description: 'A token of `mcp-manager token create`, or a JWT of the configured issuer.',
};

function byPath(a: DescribedRoute, b: DescribedRoute): number {
  const [one, other] = [`${a.url} ${a.method}`, `${b.url} ${b.method}`];
  return one < other ? -1 : 1;
}

function toOperation(route: DescribedRoute, schemas: ComponentSchemas) {
  const { method, url, schema = {} } = route;
  const { operationId, summary, tags } = schema;
  const access = accessTo(method, url);
  const parameters = toParameters(route, schemas);
  const body = toBody(route, schemas);
  return {
    operationId,
    summary,
    description: access?.role === 'none' ? 'Takes no token.' : `Takes the role ${access?.role}.`,
    tags,
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: body }),
    responses: toResponses(route, access, schemas),
    security: access?.role === 'none' ? [] : [{ token: [] }],
  };
}

function toParameters({ url, schema = {} }: DescribedRoute, schemas: ComponentSchemas) {
  const inPath = propertiesOf(schema['params']);
  const path = [...url.matchAll(/:(\w+)/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: schemas.toReferring(inPath[name] ?? { type: 'string' }),
  }));
  const others = Object.entries(PLACES).flatMap(([key, place]) =>
    Object.entries(propertiesOf(schema[key])).map(([name, one]) => ({
      name,
      in: place,
      required: requiredOf(schema[key]).includes(name),
      schema: schemas.toReferring(one),
    })),
  );
  return [...path, ...others];
}

const PLACES = { querystring: 'query', headers: 'header' };

function toBody({ method, schema = {} }: DescribedRoute, schemas: ComponentSchemas) {
  const { body } = schema;
  if (!isRecord(body)) return undefined;
  const content = { schema: schemas.toReferring(body) };
  const mayBeAbsent = Array.isArray(body['type']) && body['type'].includes('null');
  return {
    required: !mayBeAbsent,
    content: {
      'application/json': content,
      ...(method === 'PATCH' && { 'application/merge-patch+json': content }),
    },
  };
}

function toResponses(
  route: DescribedRoute,
  access: RouteAccess | undefined,
  schemas: ComponentSchemas,
) {
  const own = isRecord(route.schema?.['response']) ? route.schema['response'] : {};
  const all = { ...commonProblems(route, access), ...own };
  const answers = Object.entries(all).map(([status, answer]) => {
    return [status, toResponse(status, answer, schemas)] as const;
  });
  return Object.fromEntries(answers);
}

/** What the guard, the reading of a request and a failing world answer on any route. */
function commonProblems(
  { url, schema = {} }: DescribedRoute,
  access: RouteAccess | undefined,
): Readonly<Record<string, unknown>> {
  const isOfService = access?.workspace === 'path' || access?.workspace === 'new';
  const takesKey = 'idempotency-key' in propertiesOf(schema['headers']);
  const statuses = [
    400,
    403,
    429,
    500,
    503,
    ...(access?.role === 'none' ? [] : [401]),
    ...(isOfService || url.includes(':') ? [404] : []),
    ...(schema['body'] === undefined ? [] : [413]),
    // The platform's bodies are read whatever they say they are.
    ...(schema['body'] !== undefined && url.startsWith('/v1/') ? [415] : []),
  ];
  // The answer to a key that was used, or is in use.
  if (url.startsWith('/v1/')) return problems(...statuses, ...(takesKey ? [409, 422] : []));
  return Object.fromEntries(statuses.map((status) => [status, errorSchema]));
}

function toResponse(status: string, answer: unknown, schemas: ComponentSchemas) {
  const description = STATUS_CODES[status] ?? 'Answer';
  if (!isRecord(answer) || answer['type'] === 'null') return { description };
  const { content } = answer;
  if (!isRecord(content)) {
    const type = answer['title'] === 'ProblemDocument' ? 'problem+json' : 'json';
    const schema = schemas.toReferring(answer);
    return { description, content: { [`application/${type}`]: { schema } } };
  }
  const media = Object.entries(content).map(([type, one]) => {
    const schema = isRecord(one) ? schemas.toReferring(one['schema']) : {};
    return [type, { schema }] as const;
  });
  return { description: answer['description'] ?? description, content: Object.fromEntries(media) };
}

function requiredOf(schema: unknown): readonly unknown[] {
  const required = isRecord(schema) ? schema['required'] : undefined;
  return Array.isArray(required) ? required : [];
}
