import { AsyncLocalStorage } from 'node:async_hooks';
import http from 'node:http';
import https from 'node:https';
import type { Readable } from 'node:stream';

/**
 * Below the shortest common keep-alive of servers that do not announce theirs (uvicorn: 5 s), so
 * that no request goes out on a connection the server is just closing.
 */
const IDLE_CONNECTION_MS = 4_000;

interface UpstreamRequest {
  readonly origin: string;
  readonly path: string;
  readonly method: string;
  readonly headers: http.OutgoingHttpHeaders;
  readonly body: Readable | string | undefined;
}

interface UpstreamResponse {
  readonly statusCode: number | undefined;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Readable;
}

type Done = (error: Error | null, response?: UpstreamResponse) => void;

export interface Upstream {
  /** Takes the place of undici in the proxy library, whose own requests outlive a client that is gone. */
  request(request: UpstreamRequest, done: Done): void;
  /** Requests sent within `send` end when the signal aborts. */
  untilAborted(signal: AbortSignal, send: () => void): void;
  close(): void;
}

/** Sends requests over kept connections without any timeout: an MCP stream may be silent for hours. */
export function createUpstream(): Upstream {
  const options = { keepAlive: true, timeout: IDLE_CONNECTION_MS };
  const agents = { http: new http.Agent(options), https: new https.Agent(options) };
  const clientGone = new AsyncLocalStorage<AbortSignal>();
  return {
    request({ origin, path, method, headers, body }, done) {
      const secure = origin.startsWith('https:');
      const { hostname, port } = new URL(origin);
      const outgoing = (secure ? https : http).request({
        agent: secure ? agents.https : agents.http,
        hostname: hostname.replace(/^\[(.*)\]$/, '$1'),
        port,
        path,
        method,
        headers: defined(headers),
        ...optionalSignal(clientGone.getStore()),
      });
      settleOnce(outgoing, done, body);
      if (typeof body === 'object') body.pipe(outgoing);
      else outgoing.end(body);
    },
    untilAborted: (signal, send) => clientGone.run(signal, send),
    close() {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

function settleOnce(outgoing: http.ClientRequest, done: Done, body: UpstreamRequest['body']): void {
  let responded = false;
  outgoing.once('response', (response) => {
    responded = true;
    done(null, { statusCode: response.statusCode, headers: response.headers, body: response });
  });
  outgoing.on('error', (error) => {
    // Read on, so that a client that is still sending gets the answer instead of a reset.
    if (typeof body === 'object') body.unpipe(outgoing).resume();
    if (!responded) done(error);
    responded = true;
  });
}

/** The library marks removed headers by undefined, which Node refuses. */
function defined(headers: http.OutgoingHttpHeaders): http.OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
}

function optionalSignal(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}
