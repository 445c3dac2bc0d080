import { once } from 'node:events';
import { type IncomingMessage, request as sendRequest } from 'node:http';
import { expect, test } from 'vitest';
import type { Route } from '../../src/model/route.ts';
import type { Router } from '../../src/ports.ts';
import { serveMirror } from '../helpers/serve-upstream.ts';

/** A router with nothing routed; it may serve a little later. */
export interface RouterUnderTest {
  readonly router: Router;
  /** Whether requests really reach the targets. */
  readonly carries: boolean;
  /** Opens it anew on what was left; absent where nothing is left. */
  readonly reopen?: () => Promise<Router>;
}

type Open = () => Promise<RouterUnderTest>;

/** The promises of the port Router, the same for every adapter: call it inside a `describe`. */
export function routerContract(open: Open): void {
  writingContract(open);
  pathContract(open);
  recoveryContract(open);
}

function writingContract(open: Open): void {
  test('serves a route when its call resolves, and no more when its removal does', async () => {
    const { router, carries } = await open();
    const route = await routeTo('echo', '/here');

    await router.route(route, soon());
    expect(router.observe()).toEqual({ ok: true, routes: [route] });
    if (carries) expect(await urlSeenFor(router, '/mcp/echo')).toBe('/here');

    await router.unroute('echo', soon());
    expect(router.observe()).toEqual({ ok: true, routes: [] });
    if (carries) expect((await fetch(`${router.baseUrl}/mcp/echo`)).status).toBe(404);
  });

  test('replaces the route of a slug, and leads to the new target', async () => {
    const { router, carries } = await open();
    const [first, second] = [await routeTo('echo', '/one'), await routeTo('echo', '/two')];

    await router.route(first, soon());
    await router.route(second, soon());

    expect(router.observe()).toEqual({ ok: true, routes: [second] });
    if (carries) expect(await hostSeenFor(router, '/mcp/echo')).toBe(hostOf(second));
  });

  test('takes it for done when it is so already', async () => {
    const { router } = await open();
    const route = await routeTo('echo', '/here');

    await router.route(route, soon());
    await router.route({ ...route }, soon());
    await router.unroute('unknown', soon());
    expect(router.observe()).toEqual({ ok: true, routes: [route] });

    await router.unroute('echo', soon());
    await router.unroute('echo', soon());
    expect(router.observe()).toEqual({ ok: true, routes: [] });
  });

  test('serves a thousand routes that are set at once', async () => {
    const { router, carries } = await open();
    const route = await routeTo('s', '/here');
    const slugs = Array.from({ length: 1_000 }, (_, index) => `s${String(index)}`);

    await Promise.all(slugs.map((slug) => router.route({ ...route, slug }, soon())));

    const seen = router.observe();
    expect(seen.ok && seen.routes).toHaveLength(1_000);
    if (!carries) return;
    for (const slug of ['s0', 's500', 's999']) {
      expect(await urlSeenFor(router, `/mcp/${slug}`)).toBe('/here');
    }
  });

  test('does nothing for a caller that has gone', async () => {
    const { router } = await open();
    const gone = AbortSignal.abort(new Error('gone'));

    await expect(router.route(await routeTo('echo', '/here'), gone)).rejects.toThrow('gone');

    expect(router.observe()).toEqual({ ok: true, routes: [] });
  });
}

function pathContract(open: Open): void {
  test('leads the exact path to that of the server, what is below it to the rest', async () => {
    const { router, carries } = await open();
    if (!carries) return;
    await router.route(await routeTo('foo', '/deep/$1/path'), soon());

    for (const [publicPath, seen] of [
      ['/mcp/foo', '/deep/$1/path'],
      ['/mcp/foo?a=1&b=%2F&a=2', '/deep/$1/path?a=1&b=%2F&a=2'],
      ['/mcp/foo/', '/'],
      ['/mcp/foo/mcp/', '/mcp/'],
      ['/mcp/foo/mcp/foo', '/mcp/foo'],
      ['/mcp/foo/a%2Fb/c;d?q=x+y%20z', '/a%2Fb/c;d?q=x+y%20z'],
    ] as const) {
      expect(await urlSeenFor(router, publicPath)).toBe(seen);
    }
    for (const foreign of ['/mcp/foo2', '/mcp/foo2/x', '/mcp/fo', '/mcp', '/']) {
      expect((await fetch(router.baseUrl + foreign)).status, foreign).toBe(404);
    }
  });

  test('serves a route at its plain name too, where no other route has that name', async () => {
    const { router, carries } = await open();
    const route = { ...(await routeTo('echo-1a2b3c4d', '/here')), plainName: 'echo' };
    await router.route(route, soon());

    expect(router.observe()).toEqual({ ok: true, routes: [route] });
    if (!carries) return;
    expect(await seenFor(router, '/mcp/echo')).toMatchObject({
      url: '/here',
      headers: { 'x-forwarded-prefix': '/mcp/echo' },
    });
    expect(await urlSeenFor(router, '/mcp/echo/mcp/')).toBe('/mcp/');
    expect(await urlSeenFor(router, '/mcp/echo-1a2b3c4d/mcp/')).toBe('/mcp/');

    await router.route({ ...(await routeTo('other', '/there')), plainName: 'echo' }, soon());
    expect((await fetch(`${router.baseUrl}/mcp/echo`)).status).toBe(404);
    await router.route(await routeTo('echo', '/own'), soon());
    expect(await urlSeenFor(router, '/mcp/echo')).toBe('/own');
    expect(await urlSeenFor(router, '/mcp/echo-1a2b3c4d')).toBe('/here');
  });

  test('leads nobody to a server who calls it by a name that is none of this machine', async () => {
    const { router, carries } = await open();
    if (!carries) return;
    await router.route(await routeTo('foo', '/mcp'), soon());
    const { port } = new URL(router.baseUrl);

    for (const own of ['localhost', `LOCALHOST:${port}`, 'a.localhost', '192.0.2.7', '[::1]:80']) {
      expect(await statusFor(router, own), own).toBe(200);
    }
    for (const foreign of ['evil.example.org', `evil.example.org:${port}`, 'localhost.evil.org']) {
      expect([403, 404], foreign).toContain(await statusFor(router, foreign));
    }
  });

  test('tells the server its own host, and that of the client beside it', async () => {
    const { router, carries } = await open();
    if (!carries) return;
    const route = await routeTo('foo', '/mcp');
    await router.route(route, soon());

    expect(await seenFor(router, '/mcp/foo/x')).toMatchObject({
      headers: {
        host: hostOf(route),
        'x-forwarded-host': new URL(router.baseUrl).host,
        'x-forwarded-prefix': '/mcp/foo',
        'x-forwarded-proto': 'http',
      },
    });
  });

  test('answers 503 where nothing runs', async () => {
    const { router, carries } = await open();
    if (!carries) return;
    await router.route({ ...(await routeTo('foo', '/mcp')), targets: [] }, soon());

    expect((await fetch(`${router.baseUrl}/mcp/foo`)).status).toBe(503);
  });
}

function recoveryContract(open: Open): void {
  test('has the same address and routes when it is opened anew', async () => {
    const { router, carries, reopen } = await open();
    if (reopen === undefined) return;
    const route = await routeTo('echo', '/here');
    await router.route(route, soon());
    await router.close();

    const again = await reopen();

    expect(again.baseUrl).toBe(router.baseUrl);
    expect(again.observe()).toEqual({ ok: true, routes: [route] });
    if (carries) expect(await urlSeenFor(again, '/mcp/echo')).toBe('/here');
  });
}

async function routeTo(slug: string, path: string): Promise<Route> {
  const { url } = await serveMirror();
  return { slug, service: slug, path, targets: [{ instance: `mcp-${slug}-1`, url }] };
}

/** What the server saw of a request for this public path. */
async function seenFor(router: Router, path: string): Promise<Seen> {
  const seen: Seen = JSON.parse(await (await fetch(router.baseUrl + path)).text());
  return seen;
}

interface Seen {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a request by another name of the router is answered. */
async function statusFor(router: Router, host: string): Promise<number | undefined> {
  const outgoing = sendRequest(`${router.baseUrl}/mcp/foo`, { headers: { host } }).end();
  const [answer]: IncomingMessage[] = await once(outgoing, 'response');
  answer?.resume();
  return answer?.statusCode;
}

async function urlSeenFor(router: Router, path: string): Promise<string> {
  return (await seenFor(router, path)).url;
}

async function hostSeenFor(router: Router, path: string): Promise<string | undefined> {
  return (await seenFor(router, path)).headers['host'];
}

function hostOf({ targets: [target] }: Route): string {
  return new URL(target?.url ?? '').host;
}

function soon(): AbortSignal {
  return AbortSignal.timeout(10_000);
}
