import { createHash, createHmac } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchema } from 'fastify';
import type { Answers } from '../access-ports.ts';
import { AppError } from '../errors.ts';
import { toCanonicalJson } from '../model/canonical.ts';
import type { KeptAnswer } from '../model/kept-answer.ts';
import { toRecord } from '../model/record.ts';
import { badRequest } from './bad-request.ts';
import { propertiesOf } from './request-schemas.ts';

/** As long as any key that a client library makes; visible characters of ASCII. */
const KEY = /^[\x21-\x7e]{1,255}$/;
/** A document of one service and what stands around it; only a plan is larger, and it is made anew. */
const LARGEST_KEPT_BYTES = 1024 * 1024 + 64 * 1024;
const SOON_S = 1;
const KEPT_HEADERS = ['content-type', 'etag', 'location'];
const METHODS: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
/** What is answered by a stream, or by a server that is none of ours, is not kept. */
const WITHOUT_KEY: ReadonlySet<string> = new Set(['/v1/apply', '/v1/services/:name/tools/call']);

const KEY_SCHEMA = {
  type: 'string',
  description:
    'for 24 hours the same request under the same key is answered the same and done once; 1 to 255 visible characters of ASCII',
};

type Asking = Pick<KeptAnswer, 'id' | 'owner' | 'asked'>;

declare module 'fastify' {
  interface FastifyRequest {
    /** The first of its key, until it is answered. */
    asking: Asking | null;
    /** It was answered before, and nothing is done. */
    isReplayed: boolean;
  }
}

/**
 * `Idempotency-Key` for every write (draft-ietf-httpapi-idempotency-key-header): who asks again under the same
 * key gets the first answer, for 24 hours. What failed through no fault of the client is not kept: it is tried
 * again. Throws IDEMPOTENCY_KEY_REUSED for another request, IDEMPOTENCY_IN_FLIGHT before the first answer.
 */
export function addIdempotency(app: FastifyInstance, answers: Answers): void {
  app.addHook('onRoute', (route) => {
    const takes = [route.method].flat().every((method) => takesKey(method, route.url));
    if (takes) route.schema = withKey(route.schema);
  });
  app.decorateRequest('asking', null);
  app.decorateRequest('isReplayed', false);
  const inFlight = new Map<string, Asking>();

  async function keyed(inner: FastifyInstance): Promise<void> {
    inner.addHook('preHandler', async (request, reply) => {
      const asking = toAsking(request);
      if (!asking) return;
      const running = inFlight.get(asking.id);
      const kept = running ? undefined : answers.find(asking.id);
      const first = running ?? kept;
      if (first && first.asked !== asking.asked) throw reused();
      if (running) throw busy(reply);
      if (kept) return replay(request, reply, kept);
      inFlight.set(asking.id, asking);
      request.asking = asking;
    });
    inner.addHook('onSend', async (request, reply, payload) => {
      const { asking } = request;
      if (!asking) return;
      request.asking = null;
      const answer = toAnswer(asking, reply, payload);
      try {
        if (answer) await answers.keep(answer);
      } finally {
        inFlight.delete(asking.id);
      }
    });
  }

  // After the hooks of the guard, which says who asks.
  void app.register(Object.assign(keyed, { [Symbol.for('skip-override')]: true }));
}

function takesKey(method: string, route: string): boolean {
  return METHODS.has(method) && !WITHOUT_KEY.has(route);
}

function withKey(schema: FastifySchema = {}): FastifySchema {
  const properties = { ...propertiesOf(schema.headers), 'idempotency-key': KEY_SCHEMA };
  return { ...schema, headers: { type: 'object', ...toRecord(schema.headers), properties } };
}

function toAsking(request: FastifyRequest): Asking | undefined {
  const { method, url, body, headers, access, routeOptions } = request;
  const key = headers['idempotency-key'];
  const { url: route = '' } = routeOptions;
  if (key === undefined || !METHODS.has(method) || request.is404) return undefined;
  if (!takesKey(method, route)) {
    throw badRequest(`no answer of ${route} is kept: leave \`Idempotency-Key\` out`);
  }
  if (typeof key !== 'string' || !KEY.test(key)) {
    throw badRequest('`Idempotency-Key` is 1 to 255 visible characters of ASCII');
  }
  const { kind, id, workspace } = access?.identity ?? { kind: '', id: '' };
  const owner = digest(toCanonicalJson([kind, id, workspace]));
  const conditions = [headers['if-match'], headers['if-none-match']];
  const asked = createHmac('sha256', key)
    .update(toCanonicalJson([method, url, body, conditions]))
    .digest('hex');
  return { id: digest(`${owner} ${key}`), owner, asked };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function toAnswer(
  asking: Asking,
  reply: FastifyReply,
  payload: unknown,
): Omit<KeptAnswer, 'atMs'> | undefined {
  const { statusCode: status } = reply;
  const body = payload ?? '';
  if (status >= 500 || status === 429 || typeof body !== 'string') return undefined;
  if (Buffer.byteLength(body) > LARGEST_KEPT_BYTES) return undefined;
  const headers = KEPT_HEADERS.flatMap((name) => {
    const value = reply.getHeader(name);
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  return { ...asking, status, headers: Object.fromEntries(headers), body };
}

function replay(
  request: FastifyRequest,
  reply: FastifyReply,
  { status, headers, body }: KeptAnswer,
): FastifyReply {
  request.isReplayed = true;
  return reply
    .status(status)
    .headers({ ...headers, 'idempotency-replayed': 'true' })
    .send(body === '' ? undefined : body);
}

function reused(): AppError {
  return new AppError('IDEMPOTENCY_KEY_REUSED', 'this key was used for another request', {
    hint: 'a new request takes a new key',
  });
}

function busy(reply: FastifyReply): AppError {
  reply.header('retry-after', String(SOON_S));
  return new AppError(
    'IDEMPOTENCY_IN_FLIGHT',
    'the first request of this key is not answered yet',
    {
      hint: 'ask again under the same key',
    },
  );
}
