import type { FastifyInstance } from 'fastify';
import type { Control, ImportRequest } from '../control.ts';
import { nameSchema, objectSchema } from './request-schemas.ts';

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

/** What a running container would be as a service, and the keeping of its secrets; no value is answered. */
export function addImportRoutes(app: FastifyInstance, control: Control): void {
  const schema = { body: importSchema };
  app.post<{ Body: ImportRequest }>('/v1/imports/draft', { schema }, ({ body }) =>
    control.draftImport(body),
  );

  app.post<{ Body: ImportRequest }>('/v1/imports/secrets', { schema }, async ({ body }, reply) => {
    await control.keepImported(body);
    return reply.status(202).send();
  });
}
