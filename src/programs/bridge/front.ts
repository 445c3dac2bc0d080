import type { IncomingMessage, ServerResponse } from 'node:http';
import type { StandardHeaders } from './classify.ts';
import { classify } from './classify.ts';
import { isAllowedHost, isAllowedOrigin } from './guard.ts';
import type { Intake } from './intake.ts';
import type { Message } from './json-rpc.ts';
import type { Legacy } from './legacy.ts';
import type { Counters } from './metrics.ts';
import type { Modern } from './modern.ts';
import type { BridgeOptions } from './options.ts';
import { refuse } from './refuse.ts';
import type { Sse } from './sse.ts';
import { SSE_PATH, SSE_POST_PATH } from './sse.ts';

export interface FrontOptions {
  readonly options: BridgeOptions;
  readonly modern: Modern;
  readonly legacy: Legacy;
  readonly sse: Sse | undefined;
  readonly counters: Counters;
  readonly intake: Intake;
  readonly isHealthy: () => boolean;
  readonly metrics: () => string;
}

/** Looks at every HTTP request, and refuses it or hands it to its era. */
export interface Front {
  handle(request: IncomingMessage, response: ServerResponse): void;
}

export function createFront(front: FrontOptions): Front {
  const { options, sse, counters } = front;
  const { post, refuseWhileDraining } = front.intake;

  function handle(request: IncomingMessage, response: ServerResponse): void {
    response.on('error', () => undefined);
    response.once('finish', () => {
      if (response.statusCode >= 400) counters.refused(response.statusCode);
    });
    const { host, origin } = request.headers;
    if (!isAllowedHost(host, options.allowedHosts)) {
      refuse(response, { status: 403, message: `Host ${String(host)} is not allowed.` });
    } else if (!isAllowedOrigin(origin, options.allowedOrigins)) {
      refuse(response, { status: 403, message: `Origin ${String(origin)} is not allowed.` });
    } else route(toUrl(request.url), request, response);
  }

  function route(url: URL, request: IncomingMessage, response: ServerResponse): void {
    const at = `${String(request.method)} ${url.pathname}`;
    if (at === 'GET /healthz')
      sendText(response, front.isHealthy() ? 200 : 503, front.isHealthy() ? 'ok\n' : 'failing\n');
    else if (at === 'GET /metrics') sendText(response, 200, front.metrics());
    else if (url.pathname === options.path) endpoint(request, response);
    else if (sse !== undefined && at === `GET ${SSE_PATH}`) {
      if (!refuseWhileDraining(response)) sse.open(response);
    } else if (sse !== undefined && at === `POST ${SSE_POST_PATH}`) {
      const id = url.searchParams.get('sessionId');
      void post(request, response, async (message) => sse.post(message, id, response));
    } else refuse(response, { status: 404, message: `There is nothing at ${url.pathname}.` });
  }

  function endpoint(request: IncomingMessage, response: ServerResponse): void {
    switch (request.method ?? '') {
      case 'POST':
        void post(request, response, (message) => dispatch(front, message, request, response));
        break;
      case 'GET':
        if (!refuseWhileDraining(response)) front.legacy.get(request, response);
        break;
      case 'DELETE':
        front.legacy.remove(request, response);
        break;
      default: {
        const headers = { allow: 'GET, POST, DELETE' };
        refuse(response, { status: 405, headers, message: 'Method not allowed.' });
      }
    }
  }

  return { handle };
}

/** Gives a message to its era. */
async function dispatch(
  { modern, legacy, counters }: FrontOptions,
  message: Message,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const header = (name: string): string | undefined => headerOf(request, name);
  const classified = classify(message, standardHeaders(header));
  if (classified.kind === 'refused') {
    const id = message.kind === 'request' ? message.id : null;
    refuse(response, { status: 400, id, ...classified.error });
    return;
  }
  counters.requests(classified.kind);
  if (classified.kind === 'legacy') await legacy.post(message, request, response);
  else if (message.kind === 'request') await modern.serve(message, { response, header });
  // There is nothing that a modern client tells a server beside its requests.
  else response.writeHead(202).end();
}

/** What is no path has none. */
function toUrl(path: string | undefined): URL {
  const base = 'http://bridge';
  return new URL(path !== undefined && URL.canParse(path, base) ? path : '/', base);
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(text);
}

function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return value === undefined ? undefined : String(value);
}

function standardHeaders(header: (name: string) => string | undefined): StandardHeaders {
  return {
    version: header('mcp-protocol-version'),
    method: header('mcp-method'),
    name: header('mcp-name'),
  };
}
