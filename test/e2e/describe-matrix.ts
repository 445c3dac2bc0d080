import { beforeAll, describe, expect, test } from 'vitest';
import { type AnyClient, type ClientKind, connectAny } from '../helpers/any-client.ts';
import type { Workplace } from '../helpers/manager.ts';
import { describeClient } from './describe-client.ts';

/** A server of `test/fixtures/mcp`: what it speaks over, and the one era that it speaks. */
export type ServerKind = 'stdio legacy' | 'stdio modern' | 'HTTP legacy' | 'HTTP modern';

/** For each, the service that runs it, as a document says it. */
export type MatrixServices = Readonly<Record<ServerKind, object>>;

const SERVED: readonly (readonly [ClientKind, ServerKind])[] = [
  ['v1', 'stdio legacy'],
  ['v1', 'stdio modern'],
  ['v1', 'HTTP legacy'],
  ['v2 legacy', 'stdio legacy'],
  ['v2 legacy', 'stdio modern'],
  ['v2 legacy', 'HTTP legacy'],
  ['v2 modern', 'stdio legacy'],
  ['v2 modern', 'stdio modern'],
  ['v2 modern', 'HTTP modern'],
  ['v2 auto', 'stdio legacy'],
  ['v2 auto', 'stdio modern'],
  ['v2 auto', 'HTTP legacy'],
  ['v2 auto', 'HTTP modern'],
];

/** What the protocol has for it: UnsupportedProtocolVersionError, with status 400; it names what is supported. */
const UNSUPPORTED = JSON.stringify({
  jsonrpc: '2.0',
  error: {
    code: -32_022,
    message: 'Unsupported protocol version: 2025-11-25',
    data: { supported: ['2026-07-28'], requested: '2025-11-25' },
  },
  id: 0,
});
/** A legacy server does not know `server/discover`, and such a client may not fall back. */
const NOT_OFFERED =
  'Version negotiation failed: the server did not offer pinned protocol version 2026-07-28 via server/discover (no fallback in pin mode)';

/** Those without an era in common, and the error of the client. */
const REFUSED: readonly (readonly [ClientKind, ServerKind, Readonly<Record<string, unknown>>])[] = [
  [
    'v1',
    'HTTP modern',
    { code: 400, message: `Streamable HTTP error: Error POSTing to endpoint: ${UNSUPPORTED}` },
  ],
  ['v2 legacy', 'HTTP modern', { data: { status: 400, text: UNSUPPORTED } }],
  ['v2 modern', 'HTTP legacy', { code: 'ERA_NEGOTIATION_FAILED', message: NOT_OFFERED }],
];

/** Tests every client with every server through the router of each workplace, whose managers it runs. */
export function describeMatrix(
  places: Readonly<Record<string, Workplace>>,
  services: MatrixServices,
): void {
  const urls = new Map<string, string>();
  beforeAll(async () => {
    const served = Object.entries(places).map(async ([router, place]) => {
      for (const { name, url = '' } of await serve(place, services))
        urls.set(`${router} ${name}`, url);
    });
    await Promise.all(served);
  });
  const connect = ({ router, client, server }: Cell): Promise<AnyClient> =>
    connectAny(client, urls.get(`${router} ${nameOf(server)}`) ?? '');
  const routers = Object.keys(places);
  const served = routers.flatMap((router) =>
    SERVED.map(([client, server]) => ({ router, client, server })),
  );
  const refused = routers.flatMap((router) =>
    REFUSED.map(([client, server, error]) => ({ router, client, server, error })),
  );

  describe.each(served)('client $client · server $server · through $router', (cell) => {
    describeClient(() => connect(cell));
  });
  test.each(refused)(
    'client $client · server $server · through $router: refused, with the error that says why',
    async ({ error, ...cell }) => {
      await expect(connect(cell)).rejects.toMatchObject(error);
    },
  );
}

interface Cell {
  readonly router: string;
  readonly client: ClientKind;
  readonly server: ServerKind;
}

/** Answers the services with their URLs, once all run. */
async function serve(place: Workplace, services: MatrixServices): Promise<Served> {
  const named = Object.entries(services).map(([server, body]) => [nameOf(server), body] as const);
  place.declare('fleet.yaml', Object.fromEntries(named));
  const manager = await place.run();
  await manager.until(Object.fromEntries(named.map(([name]) => [name, 'Running'])), 60_000);
  return (await manager.control.status()).services;
}

type Served = readonly { readonly name: string; readonly url?: string }[];

/** `HTTP modern` runs as `http-modern`. */
function nameOf(server: string): string {
  return server.toLowerCase().replace(' ', '-');
}
