import { expect, test } from 'vitest';
import { createNoRouter } from '../../../src/adapters/proxy/no-router.ts';

test('without a router routes are accepted and remembered', async () => {
  const { signal } = new AbortController();
  const router = createNoRouter({ baseUrl: 'https://mcp.example.org' });
  const route = { slug: 'a', service: 'a', path: '/mcp', targets: [] };
  await router.route(route, signal);
  await router.route(route, signal);
  expect(router.observe()).toEqual({ ok: true, routes: [route] });
  await router.unroute('a', signal);
  await router.unroute('a', signal);
  expect(router.observe()).toEqual({ ok: true, routes: [] });
});
