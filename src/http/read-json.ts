import type { FastifyInstance } from 'fastify';
import { parseJsonBytes } from '../platform/bounded-json.ts';

const TYPES = ['application/json', 'application/merge-patch+json'];

/** Bodies are JSON in UTF-8 of bounded depth, without keys that would change what objects are; else 400. */
export function readJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser(TYPES, { parseAs: 'buffer' }, (request, body, done) => {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    // Clients name a type also where they send nothing; whether something is needed, the schema says.
    if (bytes.length === 0) return done(null, undefined);
    const read = parseJsonBytes(bytes);
    if (!read.ok) {
      const cause = new Error(`The body cannot be read: ${read.cause}.`);
      return done(Object.assign(cause, { statusCode: 400 }));
    }
    return parse(request, bytes.toString(), done);
  });
}
