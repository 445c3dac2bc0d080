import type { FastifyInstance } from 'fastify';
import type { Control } from '../control.ts';
import { nameSchema, objectSchema } from './request-schemas.ts';

const paramsSchema = objectSchema({ name: nameSchema }, ['name']);

/** What a service can go back to. */
export function addReleaseRoutes(app: FastifyInstance, control: Control): void {
  app.get<{ Params: { name: string } }>(
    '/v1/services/:name/releases',
    { schema: { params: paramsSchema } },
    ({ params }) => control.releases(params.name),
  );
}
