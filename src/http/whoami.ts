import type { FastifyInstance } from 'fastify';
import { identitySchema } from './schemas/identity.ts';

const ABOUT_WHOAMI = {
  operationId: 'whoami',
  summary: 'Who the manager takes the caller for, and what that allows',
  tags: ['access'],
  response: { 200: identitySchema },
};

/** Who the manager takes the caller for, and what that allows. */
export function addWhoamiRoute(app: FastifyInstance): void {
  app.get('/v1/whoami', { schema: ABOUT_WHOAMI }, async ({ access }) => access?.identity);
}
