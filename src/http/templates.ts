import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ApiControl } from '../api-control.ts';
import { AppError } from '../errors.ts';
import type { RenderRequest } from '../model/template.ts';
import { conditionsIn, isKnown } from './etag.ts';
import { conditionHeaders, freshnessHeaders, objectSchema, orNothing } from './request-schemas.ts';
import { problems as orProblems } from './schemas/problem-document.ts';
import { renderedTemplateSchema, templateEntrySchema } from './schemas/template.ts';

/** The name of a file without its ending: never a path, never hidden. */
const params = objectSchema(
  { template: { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$' } },
  ['template'],
);
const renderBody = orNothing(
  objectSchema({
    with: { type: 'object' },
    runtime: { type: 'string', minLength: 1, maxLength: 50 },
  }),
);

const tags = ['templates'];
const template = { type: 'object', description: 'as schemas/template.schema.json says' };

const ABOUT = {
  list: {
    operationId: 'listTemplates',
    summary: 'The templates, and what is wrong with them',
    tags,
    response: { 200: { type: 'array', items: templateEntrySchema } },
  },
  get: {
    operationId: 'getTemplate',
    summary: 'A template, with its ETag',
    tags,
    headers: freshnessHeaders,
    response: { 200: template, 304: { type: 'null' }, ...orProblems(404) },
  },
  put: {
    operationId: 'putTemplate',
    summary: 'Writes a template, unless it or a service would be wrong then',
    tags,
    headers: conditionHeaders,
    response: { 200: template, 201: template, ...orProblems(404, 409, 412, 422) },
  },
  delete: {
    operationId: 'deleteTemplate',
    summary: 'Removes a template that no service needs',
    tags,
    headers: conditionHeaders,
    response: { 204: { type: 'null' }, ...orProblems(404, 409, 412, 422) },
  },
  render: {
    operationId: 'renderTemplate',
    summary: 'What a service has from a template with these parameters',
    tags,
    response: {
      200: renderedTemplateSchema,
      ...orProblems(404, 409, 422),
    },
  },
} as const;

interface Named {
  readonly Params: { readonly template: string };
}

/** Templates by name: what they are, and what services get from them. */
export function addTemplateRoutes(app: FastifyInstance, control: ApiControl): void {
  app.get('/v1/templates', { schema: ABOUT.list }, () => control.templates());

  app.get<Named>(
    '/v1/templates/:template',
    { schema: { ...ABOUT.get, params } },
    async (request, reply) => {
      const { text, etag, problems } = await control.template(request.params.template);
      reply.header('etag', `"${etag}"`);
      if (isKnown(`"${etag}"`, request.headers['if-none-match'])) return reply.status(304).send();
      return sendJson(reply, { text, problems });
    },
  );

  app.put<Named & { Body: object }>(
    '/v1/templates/:template',
    { schema: { ...ABOUT.put, params, body: { type: 'object' } } },
    async (request, reply) => {
      const text = `${JSON.stringify(request.body, null, 2)}\n`;
      const result = await control.writeTemplate({
        ...conditionsIn(request.headers),
        name: request.params.template,
        text,
      });
      if (result.template) reply.header('etag', `"${result.template.etag}"`);
      return sendJson(reply.status(result.kind === 'created' ? 201 : 200), { text, problems: [] });
    },
  );

  app.delete<Named>(
    '/v1/templates/:template',
    { schema: { ...ABOUT.delete, params } },
    async (request, reply) => {
      await control.writeTemplate({
        ...conditionsIn(request.headers),
        name: request.params.template,
      });
      return reply.status(204).send();
    },
  );

  app.post<Named & { Body: Partial<Omit<RenderRequest, 'name'>> | null }>(
    '/v1/templates/:template/render',
    { schema: { ...ABOUT.render, params, body: renderBody } },
    ({ params: { template: name }, body }) => control.renderTemplate({ with: {}, ...body, name }),
  );
}

/** The file as it is; what is none cannot be answered as JSON. */
function sendJson(
  reply: FastifyReply,
  { text, problems }: Pick<Awaited<ReturnType<ApiControl['template']>>, 'text' | 'problems'>,
): FastifyReply {
  if (problems.some(({ code }) => code === 'TEMPLATE_SYNTAX')) {
    throw new AppError('DOCUMENT_INVALID', 'the file of the template is no JSON', { problems });
  }
  return reply.type('application/json; charset=utf-8').send(text.replace(/^\uFEFF/, ''));
}
