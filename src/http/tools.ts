import type { FastifyInstance } from 'fastify';
import type { Control } from '../control.ts';
import { filterSeen } from './access.ts';
import { nameSchema, objectSchema } from './request-schemas.ts';

const paramsSchema = objectSchema({ name: nameSchema }, ['name']);

const callSchema = objectSchema(
  { tool: { type: 'string', minLength: 1, maxLength: 256 }, arguments: { type: 'object' } },
  ['tool', 'arguments'],
);

interface Call {
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** What servers offer, asked of their running instances. */
export function addToolRoutes(app: FastifyInstance, control: Control): void {
  app.get('/v1/tools', async (request) =>
    filterSeen(request, await control.recordedTools(), ({ service }) => service),
  );

  app.get<{ Params: { name: string } }>(
    '/v1/services/:name/tools',
    { schema: { params: paramsSchema } },
    ({ params }) => control.tools(params.name),
  );

  app.post<{ Params: { name: string }; Body: Call }>(
    '/v1/services/:name/tools/call',
    { schema: { params: paramsSchema, body: callSchema } },
    ({ params, body }) => control.callTool({ service: params.name, ...body }),
  );
}
