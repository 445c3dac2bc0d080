import type { FastifyInstance } from 'fastify';
import type { Command, Control } from '../control.ts';
import { requireCommandRight } from './command-right.ts';
import { bySchema, nameSchema, namesSchema, objectSchema, orNothing } from './request-schemas.ts';
import { problems } from './schemas/problem-document.ts';
import { nothing } from './schemas/route-schema.ts';

const PLAIN_KINDS = [
  'restart',
  'pause',
  'unpause',
  'update',
  'update-bridge',
  'forget',
] satisfies Command['kind'][];

const plainSchema = objectSchema(
  { kind: { type: 'string', enum: PLAIN_KINDS }, service: nameSchema, by: bySchema },
  ['kind', 'service', 'by'],
);

const removeSchema = objectSchema(
  {
    kind: { type: 'string', const: 'remove' },
    service: nameSchema,
    volumes: { type: 'boolean' },
    by: bySchema,
  },
  ['kind', 'service', 'volumes', 'by'],
);

const rollbackSchema = objectSchema(
  {
    kind: { type: 'string', const: 'rollback' },
    service: nameSchema,
    to: { type: 'string', pattern: '^r1-[0-9a-f]{0,64}$' },
    by: bySchema,
  },
  ['kind', 'service', 'by'],
);

const commandSchema = {
  type: 'object',
  ...whereKind('remove', removeSchema, whereKind('rollback', rollbackSchema, plainSchema)),
};

/** The schema of one kind, or what holds for all others. */
function whereKind(kind: string, own: object, others: object): object {
  return {
    if: { properties: { kind: { const: kind } }, required: ['kind'] },
    // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
    then: own,
    else: others,
  };
}

const ABOUT_COMMAND = {
  operationId: 'leaveCommand',
  summary: 'Leaves a request for a service, which is no desired state; answers once it is stored',
  tags: ['operate'],
  response: { 202: nothing, ...problems(404, 409, 501) },
};

const ABOUT_WAKE = {
  operationId: 'wake',
  summary: 'Has documents looked at again, of all services or of these',
  tags: ['operate'],
  response: { 202: nothing, ...problems(404) },
};

/** Requests that are no desired state, and the wish that documents are looked at again. */
export function addCommandRoutes(app: FastifyInstance, control: Control): void {
  app.post<{ Body: Command }>(
    '/v1/commands',
    { schema: { ...ABOUT_COMMAND, body: commandSchema } },
    async (request, reply) => {
      const { body } = request;
      await requireCommandRight(request, body, control);
      await control.ask(body);
      return reply.status(202).send();
    },
  );

  app.post<{ Body: { readonly names?: readonly string[] } | null }>(
    '/v1/wake',
    { schema: { ...ABOUT_WAKE, body: orNothing(objectSchema({ names: namesSchema })) } },
    async ({ body }, reply) => {
      await control.wake(body?.names);
      return reply.status(202).send();
    },
  );
}
