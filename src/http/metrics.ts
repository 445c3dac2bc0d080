import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ApiMetrics } from '../metrics-ports.ts';

/** Prometheus' text format as its exposition formats name it. */
const TEXT_FORMAT = 'text/plain; version=0.0.4; charset=utf-8';

const schema = {
  operationId: 'getMetrics',
  summary: 'What is counted and timed, in the text format of Prometheus',
  tags: ['manager'],
  response: {
    200: { description: 'OK', content: { 'text/plain': { schema: { type: 'string' } } } },
  },
} as const;

/** What is counted, and that every answer is counted, refused ones too. */
export function addMetrics(app: FastifyInstance, metrics: ApiMetrics): void {
  const streams = new WeakSet<FastifyRequest>();
  const count = (request: FastifyRequest, status: number, tookMs: number): void => {
    const route = request.routeOptions.url;
    const { method } = request;
    metrics.answered({ method, ...(route !== undefined && { route }), status, tookMs });
  };
  // A stream lasts as long as somebody reads: it is answered when it begins.
  app.addHook('onSend', async (request, reply, payload) => {
    if (!(payload instanceof Readable)) return;
    streams.add(request);
    count(request, reply.statusCode, reply.elapsedTime);
  });
  app.addHook('onResponse', async (request, reply) => {
    if (!streams.has(request)) count(request, reply.statusCode, reply.elapsedTime);
  });

  app.get('/metrics', { schema }, async (_request, reply) =>
    reply.type(TEXT_FORMAT).send(await metrics.text()),
  );
}
