import type { FastifyInstance } from 'fastify';
import type { Control, EventQuery } from '../control.ts';
import { badRequest } from './bad-request.ts';
import { flagTextSchema, nameSchema, objectSchema } from './request-schemas.ts';
import { type CloudEvent, tellsOfTrimmed } from '../model/event.ts';
import { parseEventPosition } from '../model/event-position.ts';
import type { Log } from '../ports.ts';
import type { Access } from './access.ts';
import { eventSchema } from './schemas/event.ts';
import { problems } from './schemas/problem-document.ts';
import { streamOf } from './schemas/route-schema.ts';
import { sendNdjson, sendServerSentEvents } from './stream.ts';

/** A producer's uuid, a slash and a number; or a time. */
const LONGEST_SINCE = 100;

const ABOUT_TRIMMED =
  'events after an id that are no longer kept are told by one `events.trimmed` before the next';

interface Query {
  readonly since?: string;
  readonly follow?: string;
  readonly service?: string;
  readonly type?: string;
}

const querySchema = objectSchema({
  since: {
    type: 'string',
    minLength: 1,
    maxLength: LONGEST_SINCE,
    description: `the \`id\` of an event, or a time; ${ABOUT_TRIMMED}`,
  },
  follow: flagTextSchema,
  service: nameSchema,
  type: {
    type: 'string',
    pattern: '^[a-z]+(\\.[a-z]+)*(,[a-z]+(\\.[a-z]+)*)*$',
    maxLength: 500,
    description: 'service.failed, or drift for all that begin so; several with commas between',
  },
});

const headersSchema = {
  type: 'object',
  properties: {
    'last-event-id': {
      type: 'string',
      description: `for server-sent events, instead of \`since\`; ${ABOUT_TRIMMED}`,
    },
  },
} as const;

const ABOUT_EVENTS = {
  operationId: 'readEvents',
  summary: 'What happened, in order; with `follow=true` also what happens',
  tags: ['events'],
  response: {
    200: streamOf('Events', ['application/x-ndjson', 'text/event-stream'], eventSchema),
    ...problems(404, 409),
  },
};

/** What happened: NDJSON, or server-sent events for who accepts them, resumed by `Last-Event-ID`. */
export function addEventRoutes(app: FastifyInstance, control: Control, log: Log): void {
  app.get<{ Querystring: Query }>(
    '/v1/events',
    { schema: { ...ABOUT_EVENTS, querystring: querySchema, headers: headersSchema } },
    ({ query, headers, access }, reply) => {
      const read = (wanted: EventQuery, signal: AbortSignal) =>
        onlyRecordedFor(access, control.events(wanted, signal));
      if (headers.accept?.includes('text/event-stream') !== true) {
        return sendNdjson(reply, log, (signal) => read(toEventQuery(query), signal));
      }
      const resumed = headers['last-event-id'];
      const since = typeof resumed === 'string' ? resumed : query.since;
      const wanted = toEventQuery({ follow: 'true', ...query, ...(since && { since }) });
      return sendServerSentEvents(reply, log, (signal) => read(wanted, signal));
    },
  );
}

/**
 * Whatever its service is of now, or is no more. What was recorded for no workspace is for who sees all of them;
 * that some are no longer kept is for everybody.
 */
async function* onlyRecordedFor(
  access: Access | null,
  events: AsyncIterable<CloudEvent>,
): AsyncGenerator<CloudEvent> {
  const own = access?.identity.workspace;
  for await (const event of events) {
    if (own === undefined || event.workspace === own || tellsOfTrimmed(event)) yield event;
  }
}

function toEventQuery({ since, follow, service, type }: Query): EventQuery {
  if (since !== undefined && !parseEventPosition(since)) throw badRequest(NO_POSITION);
  return {
    follow: follow === 'true',
    ...(since !== undefined && { since }),
    ...(service !== undefined && { service }),
    ...(type !== undefined && { types: type.split(',') }),
  };
}

const NO_POSITION =
  '`since` and `Last-Event-ID` take the `id` of an event, or a time such as 2026-01-31T12:00:00Z';
