import { serveUpstream } from './serve-upstream.ts';

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
  const served = await serveUpstream(({ url, headers }, response) => {
    callers.add(`${headers.authorization} ${String(headers['x-workspace-id'])}`);
    response.statusCode = url === '/v1/mcp-server-instances/' ? 200 : 404;
    response.end(JSON.stringify([...instances.values()]));
  });
  return {
    url: served.url,
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
