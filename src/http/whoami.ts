import type { FastifyInstance } from 'fastify';

/** Who the manager takes the caller for, and what that allows. */
export function addWhoamiRoute(app: FastifyInstance): void {
  app.get('/v1/whoami', async ({ access }) => access?.identity);
}
