import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Control } from '../control.ts';
import { AppError } from '../errors.ts';
import { SERVICE_STATES } from '../model/status.ts';
import { filterSeen } from './access.ts';
import { isKnown, weakEtagOf } from './etag.ts';
import { createReportWriter } from './report-text.ts';
import { freshnessHeaders, nameSchema, objectSchema } from './request-schemas.ts';
import { problems } from './schemas/problem-document.ts';
import { nothing } from './schemas/route-schema.ts';
import { documentProblemSchema, serviceListSchema, serviceStatusSchema } from './schemas/status.ts';
import { type ServiceQuery, SORT_KEYS, toServicePage } from './service-page.ts';

const textSchema = { type: 'string', minLength: 1, maxLength: 256 } as const;
const labelSchema = {
  type: 'string',
  pattern: '^[^=]+=',
  maxLength: 512,
  description: 'key=value; may be said again, then a service must carry all of them',
} as const;

const querySchema = objectSchema({
  state: listOf(SERVICE_STATES),
  origin: listOf(['file', 'api', 'core']),
  runtime: textSchema,
  workspace: textSchema,
  prefix: { ...textSchema, description: 'how names begin' },
  label: { anyOf: [labelSchema, { type: 'array', items: labelSchema, maxItems: 20 }] },
  sort: { type: 'string', enum: SORT_KEYS.flatMap((key) => [key, `-${key}`]) },
  limit: { type: 'string', pattern: '^([1-9][0-9]{0,2}|1000)$', description: '1 to 1000' },
  cursor: { type: 'string', pattern: '^[A-Za-z0-9_-]+$', maxLength: 1024 },
});

const ABOUT_LIST = {
  operationId: 'listServices',
  summary: 'The services and how they are; page by page with `limit`',
  tags: ['services'],
  response: { 200: serviceListSchema },
};

const ABOUT_ONE = {
  operationId: 'getService',
  summary: 'How one service is; a weak ETag tells whether that changed',
  tags: ['services'],
  headers: freshnessHeaders,
  response: { 200: serviceStatusSchema, 304: nothing, ...problems(404) },
};

const ABOUT_PROBLEMS = {
  operationId: 'listProblems',
  summary: 'What is wrong in the documents',
  tags: ['services'],
  response: { 200: { type: 'array', items: documentProblemSchema } },
};

/** What runs, and what is wrong in the documents. */
export function addServiceRoutes(app: FastifyInstance, control: Control): void {
  const write = createReportWriter();
  app.get<{ Querystring: ServiceQuery }>(
    '/v1/services',
    { schema: { ...ABOUT_LIST, querystring: querySchema } },
    async (request, reply) => {
      const report = await control.status();
      const { services, leftAlone } = report;
      const seen = await filterSeen(request, services, ({ name }) => name);
      if (Object.keys(request.query).length > 0) return toServicePage(seen, request.query);
      const text = write({
        services: seen,
        problems: await filterSeen(request, report.problems, ({ service }) => service),
        leftAlone: await filterSeen(request, leftAlone, ({ service }) => service),
      });
      return reply.type('application/json; charset=utf-8').send(text);
    },
  );

  app.get<{ Params: { name: string } }>(
    '/v1/services/:name',
    { schema: { ...ABOUT_ONE, params: objectSchema({ name: nameSchema }, ['name']) } },
    async ({ params, headers }, reply) => {
      const { services } = await control.status();
      const found = services.find(({ name }) => name === params.name);
      if (!found) throw unknownService(params.name);
      const etag = weakEtagOf(found);
      reply.header('etag', etag);
      return isKnown(etag, headers['if-none-match']) ? reply.status(304).send() : found;
    },
  );

  app.get('/v1/problems', { schema: ABOUT_PROBLEMS }, async (request: FastifyRequest) => {
    const report = await control.status();
    return filterSeen(request, report.problems, ({ service }) => service);
  });
}

function unknownService(name: string): AppError {
  return new AppError('SERVICE_UNKNOWN', `there is no service ${name}`, {
    hint: 'GET /v1/services lists all',
  });
}

/** One of these words, or several with commas between. */
function listOf(words: readonly string[]) {
  const one = `(${words.join('|')})`;
  return { type: 'string', pattern: `^${one}(,${one}){0,${words.length}}$` } as const;
}
