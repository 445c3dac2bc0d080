import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendApiError } from './answers.ts';
import { passOn, untilGone } from './pass-on.ts';
import type { Upstream } from './upstream.ts';

/** The platform knows the API at this prefix; it is served at every path that is nobody's, too. */
const PATH = /^(?<prefix>\/api\/mcp(?=[/?#]|$))?(?<rest>[^?#]*)/;

export interface ManagerApiOptions {
  readonly upstream: Upstream;
  /** Where the manager's API is reached. */
  readonly url: string;
}

/** Leads requests to the manager's API as they came, with their token: it asks for that itself. */
export function createManagerApi({ upstream, url }: ManagerApiOptions) {
  return (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const { prefix = '', rest = '' } = PATH.exec(request.url)?.groups ?? {};
    const { host } = request.headers;
    return passOn({
      reply,
      upstream,
      gone: untilGone(reply),
      url,
      path: rest || '/',
      publicPrefix: prefix,
      // It looks at the name by which it was called.
      prepare: (headers) => ({ ...headers, ...(host !== undefined && { host }) }),
      sendFailure: (error) => void sendApiError(reply, error),
    });
  };
}
