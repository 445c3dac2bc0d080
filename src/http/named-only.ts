import type { FastifyInstance, FastifyRequest } from 'fastify';
import { badRequest } from './bad-request.ts';
import { isReading } from './reading.ts';
import { objectSchema, propertiesOf } from './request-schemas.ts';

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
    if (isReading(method) || !isOurs(routeOptions.url)) return;
    refuseConditions(request);
  });
}

function isOurs(url: string | undefined): boolean {
  return url?.startsWith('/v1/') === true;
}

function refuseConditions({ headers, method, routeOptions }: FastifyRequest): void {
  const named = propertiesOf(routeOptions.schema?.headers);
  for (const [header, title] of Object.entries(CONDITIONS)) {
    if (headers[header] === undefined || Object.hasOwn(named, header)) continue;
    throw badRequest(`${method} ${routeOptions.url} knows no conditions: leave \`${title}\` out`);
  }
}
