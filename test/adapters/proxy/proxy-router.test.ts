import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openProxyRouter } from '../../../src/adapters/proxy/proxy-router.ts';
import { parseRoutes } from '../../../src/model/router-program.ts';
import { createTempFolder } from '../../helpers/temp-folder.ts';
import { bodyAt, openTestProxy, openWithService, quietLog, signal } from './open-test-proxy.ts';

test('a route is served when its call resolves, and gone when its removal does', async () => {
  const { router, route } = await openWithService();
  expect(router.baseUrl).toMatch(/^http:\/\/127\.0\.0\.1:2\d{4}$/);
  await router.route(route, signal());
  expect(await bodyAt(router, '/mcp/echo')).toBe('hello from /here');
  expect(router.observe()).toEqual({ ok: true, routes: [route] });
  await router.route({ ...route, path: '/there' }, signal());
  expect(await bodyAt(router, '/mcp/echo')).toBe('hello from /there');
  await router.unroute('echo', signal());
  expect((await fetch(`${router.baseUrl}/mcp/echo`)).status).toBe(404);
  expect(router.observe()).toEqual({ ok: true, routes: [] });
  await router.unroute('echo', signal());
});

test('a thousand routes set at once are all served', async () => {
  const { router, route } = await openWithService();
  const slugs = Array.from({ length: 1_000 }, (_, index) => `echo-${String(index)}`);
  await Promise.all(slugs.map((slug) => router.route({ ...route, slug }, signal())));
  expect(await bodyAt(router, '/mcp/echo-0')).toBe('hello from /here');
  expect(await bodyAt(router, '/mcp/echo-999')).toBe('hello from /here');
});

test('port and routes are the same after the manager came back', async () => {
  const { router, route, stateFolder } = await openWithService();
  await router.route(route, signal());
  await router.close();
  await expect(fetch(router.baseUrl)).rejects.toThrow('fetch failed');
  const again = await openTestProxy(stateFolder);
  expect(again.baseUrl).toBe(router.baseUrl);
  expect(again.observe()).toEqual({ ok: true, routes: [route] });
  expect(await bodyAt(again, '/mcp/echo')).toBe('hello from /here');
});

test('a broken routes file is made anew', async () => {
  const stateFolder = await createTempFolder();
  const first = await openTestProxy(stateFolder);
  await first.close();
  await writeFile(join(stateFolder, 'router', 'routes.json'), '{"half":');
  const router = await openTestProxy(stateFolder);
  expect(router.observe()).toEqual({ ok: true, routes: [] });
  expect(parseRoutes(await readFile(join(stateFolder, 'router', 'routes.json'), 'utf8'))).toEqual(
    [],
  );
});

test('a public base is told as it is given', async () => {
  const stateFolder = await createTempFolder();
  const router = await openProxyRouter({
    stateFolder,
    host: '127.0.0.1',
    port: 0,
    keep: false,
    publicBaseUrl: 'https://mcp.example.org/',
    log: quietLog(),
  });
  onTestFinished(() => router.close());
  expect(router.baseUrl).toBe('https://mcp.example.org');
});
