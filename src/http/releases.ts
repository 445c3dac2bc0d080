import type { FastifyInstance } from 'fastify';
import type { Control } from '../control.ts';
import { nameSchema, objectSchema } from './request-schemas.ts';
import { problems } from './schemas/problem-document.ts';
import { releaseSchema } from './schemas/release.ts';

const ABOUT_RELEASES = {
  operationId: 'listReleases',
  summary: 'What a service can go back to: the latest good one first, what was given up last',
  tags: ['services'],
  response: { 200: { type: 'array', items: releaseSchema }, ...problems(404) },
};

const paramsSchema = objectSchema({ name: nameSchema }, ['name']);

/** What a service can go back to. */
export function addReleaseRoutes(app: FastifyInstance, control: Control): void {
  app.get<{ Params: { name: string } }>(
    '/v1/services/:name/releases',
    { schema: { ...ABOUT_RELEASES, params: paramsSchema } },
    ({ params }) => control.releases(params.name),
  );
}
