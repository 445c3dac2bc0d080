import type { FastifyInstance } from 'fastify';
import { parseJsonBytes } from '../../platform/bounded-json.ts';
import { invalidRequest } from './refusal.ts';

/**
 * Bodies are JSON whatever their type is called, as the original took them; an empty one is none. What comes
 * from pages of other origins has been refused by then.
 */
export function readAnyBodyAsJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    if (bytes.length === 0) return done(null, undefined);
    const parsed = parseJsonBytes(bytes);
    if (parsed.ok) done(null, parsed.value);
    else done(invalidRequest(`the body cannot be read: ${parsed.cause}`));
  });
}
