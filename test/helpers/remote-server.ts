import { request as sendRequest } from 'node:http';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { listenHttp, listenHttps } from '../fixtures/mcp/listen.ts';
import { startSample } from '../fixtures/mcp/program.ts';

export interface RemoteServer {
  /** Its MCP endpoint. */
  readonly url: string;
  /** The headers of the last request. */
  seen(): IncomingHttpHeaders;
  /** From now on only requests with this token are served. */
  require(token: string): void;
  /** From now on every request is answered with this status; 0: as it should be. */
  fail(status: number): void;
}

/** The echo server of the templates behind a guard that asks for a token; gone when the test ends. */
export async function startRemoteServer(
  initialToken: string,
  { tls = false }: { readonly tls?: boolean } = {},
): Promise<RemoteServer> {
  const sample = await startSample('echo', { GREETING: 'far' });
  let token = initialToken;
  let failing = 0;
  let seen: IncomingHttpHeaders = {};
  const listen = tls ? listenHttps : listenHttp;
  const base = await listen((request, response) => {
    seen = request.headers;
    const isKnown = request.headers.authorization === `Bearer ${token}`;
    const status = failing || (isKnown ? 0 : 401);
    if (status > 0) {
      request.resume();
      response.writeHead(status).end();
      return;
    }
    const { method, headers } = request;
    const onward = sendRequest(`${sample.url}${request.url}`, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    request.pipe(onward.on('error', () => breakOff(response)));
  });
  return {
    url: `${base}/mcp`,
    seen: () => seen,
    require: (next) => (token = next),
    fail: (status) => (failing = status),
  };
}

function breakOff(response: ServerResponse): void {
  response.destroy();
}
