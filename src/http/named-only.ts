import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isRecord } from '../model/record.ts';
import { badRequest } from './bad-request.ts';
import { objectSchema } from './request-schemas.ts';

const READING: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
const CONDITIONS = { 'if-match': 'If-Match', 'if-none-match': 'If-None-Match' } as const;

/**
 * What a route of `/v1` does not name in its schema, it does not take: another parameter of the query is 400, and
 * so is a condition of a write that would be done whether it holds or not.
 */
export function takeOnlyNamed(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    if (!isOurs(route.url)) return;
    route.schema = { querystring: objectSchema({}), ...route.schema };
  });
  app.addHook('preValidation', async (request) => {
    const { method, routeOptions } = request;
    if (READING.has(method) || !isOurs(routeOptions.url)) return;
    refuseConditions(request);
  });
}

function isOurs(url: string | undefined): boolean {
  return url?.startsWith('/v1/') === true;
}

function refuseConditions({ headers, method, routeOptions }: FastifyRequest): void {
  const { headers: schema } = routeOptions.schema ?? {};
  const named = isRecord(schema) && isRecord(schema['properties']) ? schema['properties'] : {};
  for (const [header, title] of Object.entries(CONDITIONS)) {
    if (headers[header] === undefined || Object.hasOwn(named, header)) continue;
    throw badRequest(`${method} ${routeOptions.url} knows no conditions: leave \`${title}\` out`);
  }
}
