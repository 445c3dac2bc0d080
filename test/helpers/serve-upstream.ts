import { once } from 'node:events';
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import { onTestFinished } from 'vitest';

export interface ServedUpstream {
  readonly url: string;
  readonly server: Server;
}

/** An HTTP server on loopback for one test; ends with it. */
export async function serveUpstream(listener: RequestListener): Promise<ServedUpstream> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `http://127.0.0.1:${String(address.port)}`, server };
}

/** Answers each request with what arrived: method, url and headers. */
export async function serveMirror(name = 'mirror'): Promise<ServedUpstream> {
  return serveUpstream((request, response) => {
    request.resume();
    const { method, url, headers } = request;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ name, method, url, headers }));
  });
}
