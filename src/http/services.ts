import type { FastifyInstance } from 'fastify';
import type { Control } from '../control.ts';
import { AppError } from '../errors.ts';
import { filterSeen } from './access.ts';

/** What runs, and what is wrong in the documents. */
export function addServiceRoutes(app: FastifyInstance, control: Control): void {
  app.get('/v1/services', async (request) => {
    const { services, problems, leftAlone } = await control.status();
    return {
      services: await filterSeen(request, services, ({ name }) => name),
      problems: await filterSeen(request, problems, ({ service }) => service),
      leftAlone: await filterSeen(request, leftAlone, ({ service }) => service),
    };
  });

  app.get<{ Params: { name: string } }>('/v1/services/:name', async ({ params }) => {
    const { services } = await control.status();
    const found = services.find(({ name }) => name === params.name);
    if (found !== undefined) return found;
    throw new AppError('SERVICE_UNKNOWN', `there is no service ${params.name}`, {
      hint: 'GET /v1/services lists all',
    });
  });

  app.get('/v1/problems', async (request) => {
    const { problems } = await control.status();
    return filterSeen(request, problems, ({ service }) => service);
  });
}
