import { once } from 'node:events';
import { createServer } from 'node:http';
import { onTestFinished } from 'vitest';

export interface CoreListServer {
  readonly url: string;
  /** The ids of what core holds now, sorted. */
  held(): readonly string[];
  create(instance: CoreItem): void;
  /** For good: a creation that is told later does not bring it back. */
  delete(id: string): void;
  /** Authorization and workspace of each call. */
  readonly callers: Set<string>;
}

/** As core's list shows it. */
interface CoreItem extends Readonly<Record<string, unknown>> {
  readonly id: string;
}

/** Core's list of instances over HTTP, on loopback. */
export async function startCoreListServer(): Promise<CoreListServer> {
  const instances = new Map<string, CoreItem>();
  const deleted = new Set<string>();
  const callers = new Set<string>();
  const server = createServer(({ url, headers }, response) => {
    callers.add(`${headers.authorization} ${String(headers['x-workspace-id'])}`);
    response.statusCode = url === '/v1/mcp-server-instances/' ? 200 : 404;
    response.end(JSON.stringify([...instances.values()]));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return {
    url: `http://127.0.0.1:${address.port}`,
    callers,
    held: () => [...instances.keys()].toSorted(),
    create(instance) {
      if (!deleted.has(instance.id)) instances.set(instance.id, instance);
    },
    delete(id) {
      deleted.add(id);
      instances.delete(id);
    },
  };
}
