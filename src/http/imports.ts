import type { FastifyInstance } from 'fastify';
import type { Control, ImportRequest } from '../control.ts';
import { nameSchema, objectSchema } from './request-schemas.ts';
import { importDraftSchema } from './schemas/import-draft.ts';
import { problems } from './schemas/problem-document.ts';
import { nothing } from './schemas/route-schema.ts';

/** An id, or a name as engines allow them. */
const containerSchema = {
  type: 'string',
  pattern: '^[a-zA-Z0-9][a-zA-Z0-9_.-]*$',
  maxLength: 255,
} as const;
const portSchema = { type: 'integer', minimum: 1, maximum: 65_535 } as const;
const pathSchema = { type: 'string', pattern: '^/[^\\s?#{}]*$', maxLength: 512 } as const;

const importSchema = objectSchema(
  { container: containerSchema, service: nameSchema, port: portSchema, path: pathSchema },
  ['container', 'service'],
);

const ABOUT_DRAFT = {
  operationId: 'draftImport',
  summary: 'What a running container would be as a service: its document, and the plan with it',
  tags: ['import'],
  response: { 200: importDraftSchema, ...problems(409, 422, 501, 504) },
};

const ABOUT_IMPORT = {
  operationId: 'importContainer',
  summary: 'Keeps the secrets of such a draft, and writes its document',
  tags: ['import'],
  response: { 202: nothing, ...problems(409, 412, 422, 501, 503, 504) },
};

/** What a running container would be as a service, and how it becomes one; no secret is answered. */
export function addImportRoutes(app: FastifyInstance, control: Control): void {
  app.post<{ Body: ImportRequest }>(
    '/v1/imports/draft',
    { schema: { ...ABOUT_DRAFT, body: importSchema } },
    ({ body }) => control.draftImport(body),
  );

  app.post<{ Body: ImportRequest }>(
    '/v1/imports',
    { schema: { ...ABOUT_IMPORT, body: importSchema } },
    async ({ body }, reply) => {
      await control.importContainer(body);
      return reply.status(202).send();
    },
  );
}
