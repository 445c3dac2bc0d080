import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { localhostOriginValidation } from '@modelcontextprotocol/node';

const LARGEST_BODY_BYTES = 1024 * 1024;
/** Requests that are still running this long after SIGTERM are cut. */
const LAST_REQUESTS_MS = 2_000;

export interface Reply {
  readonly status: number;
  readonly body: unknown;
}

/** A request as servers get it: both are always there. */
export type Incoming = IncomingMessage & { method: string; url: string };

/** Answers a request itself and returns nothing, or returns what to answer as JSON. */
export type Answer = (request: Incoming, response: ServerResponse) => Promise<Reply | undefined>;

/**
 * Listens on HOST (default 127.0.0.1) and PORT, MCP_PORT or MCP_CONTAINER_PORT (default 8000).
 * SIGTERM and SIGINT end the process as soon as the requests under way are answered.
 * Any Host is welcome, as proxies pass the public one; a page of another origin is not (DNS rebinding).
 */
export function serve(answer: Answer, env: NodeJS.ProcessEnv = process.env): void {
  const validateOrigin = localhostOriginValidation();
  const server = createServer((request, response) => {
    if (!isIncoming(request) || !validateOrigin(request, response)) return;
    answer(request, response)
      .catch(toReply)
      .then((reply) => reply && send(response, reply))
      .catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  const stop = (): void => {
    server.close();
    setTimeout(() => server.closeAllConnections(), LAST_REQUESTS_MS).unref();
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
  const port = Number(env['PORT'] || env['MCP_PORT'] || env['MCP_CONTAINER_PORT'] || 8000);
  server.listen(port, env['HOST'] || '127.0.0.1', () => {
    const address = server.address();
    const bound = typeof address === 'object' && address !== null ? address : undefined;
    process.stdout.write(`listening on http://${bound?.address}:${bound?.port}\n`);
  });
}

/** A request that cannot be answered as asked. */
export class RequestError extends Error {
  readonly status: number;

  constructor(status: number, detail: string) {
    super(detail);
    this.status = status;
  }
}

/** The JSON of the body; a RequestError 413 or 400 when there is none. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    bytes += chunk.length;
    if (bytes > LARGEST_BODY_BYTES) throw new RequestError(413, 'Request body too large');
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new RequestError(400, 'The body is not JSON');
  }
}

/** A path segment as text; a RequestError 400 when it is not well encoded. */
export function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new RequestError(400, 'The path is not well encoded');
  }
}

function isIncoming(request: IncomingMessage): request is Incoming {
  return request.method !== undefined && request.url !== undefined;
}

function toReply(error: unknown): Reply {
  if (error instanceof RequestError)
    return { status: error.status, body: { detail: error.message } };
  console.error(error);
  return { status: 500, body: { detail: 'Internal Server Error' } };
}

function send(response: ServerResponse, { status, body }: Reply): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  // A client may read the answer only when all that it sends is taken.
  response.req.resume();
}
