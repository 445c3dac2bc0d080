import type { FastifyInstance } from 'fastify';
import type { Control } from '../control.ts';
import type { Log, LogRequest } from '../ports.ts';
import {
  countTextSchema,
  flagTextSchema,
  nameSchema,
  objectSchema,
  timeTextSchema,
} from './request-schemas.ts';
import { logLineSchema } from './schemas/log-line.ts';
import { problems } from './schemas/problem-document.ts';
import { streamOf } from './schemas/route-schema.ts';
import { sendNdjson } from './stream.ts';

interface LogQuery {
  readonly follow?: string;
  readonly tail?: string;
  readonly sinceMs?: string;
}

const paramsSchema = objectSchema({ name: nameSchema }, ['name']);

const querySchema = objectSchema({
  follow: flagTextSchema,
  tail: countTextSchema,
  sinceMs: timeTextSchema,
});

const ABOUT_LOGS = {
  operationId: 'readLogs',
  summary: 'What the instances of a service wrote; with `follow=true` also what they write',
  tags: ['services'],
  response: {
    200: streamOf('Lines of output', ['application/x-ndjson'], logLineSchema),
    ...problems(404, 501),
  },
};

/** Output lines of a service's instances, as NDJSON. */
export function addLogRoutes(app: FastifyInstance, control: Control, log: Log): void {
  app.get<{ Params: { name: string }; Querystring: LogQuery }>(
    '/v1/services/:name/logs',
    { schema: { ...ABOUT_LOGS, params: paramsSchema, querystring: querySchema } },
    ({ params, query }, reply) =>
      sendNdjson(reply, log, (signal) => control.logs(params.name, toLogRequest(query), signal)),
  );
}

function toLogRequest({ follow, tail, sinceMs }: LogQuery): LogRequest {
  return {
    follow: follow === 'true',
    ...(tail !== undefined && { tail: Number(tail) }),
    ...(sinceMs !== undefined && { sinceMs: Number(sinceMs) }),
  };
}
