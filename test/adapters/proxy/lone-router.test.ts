import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openLoneRouter, peekAtRouter } from '../../../src/adapters/proxy/lone-router.ts';
import { createTempFolder } from '../../helpers/temp-folder.ts';
import { bodyAt, openKeptProxy, quietLog, routeTo, serve, signal } from './open-test-proxy.ts';

const at = (stateFolder: string) => ({
  stateFolder,
  host: '127.0.0.1',
  port: 0,
  log: quietLog(),
});

test('without a manager a route is written for the next router, and it is said that none serves it', async () => {
  const { url } = await serve();
  const stateFolder = await createTempFolder();
  const alone = await openLoneRouter(at(stateFolder));
  await alone.route(routeTo(url), signal());
  expect(alone.observe()).toEqual({
    ok: true,
    routes: [routeTo(url)],
    trouble: 'no router is running: the URLs answer once `mcp-manager run` is up',
  });
  const router = await openKeptProxy(stateFolder);
  expect(router.baseUrl).toBe(alone.baseUrl);
  expect(await bodyAt(router, '/mcp/echo')).toBe('hello from /here');
});

test('without a manager the router that one has left serves what is written, at once', async () => {
  const { url } = await serve();
  const stateFolder = await createTempFolder();
  const left = await openKeptProxy(stateFolder);
  await left.close();
  const alone = await openLoneRouter(at(stateFolder));
  await alone.route(routeTo(url), signal());
  expect(alone.observe()).toEqual({ ok: true, routes: [routeTo(url)] });
  expect(await bodyAt(left, '/mcp/echo')).toBe('hello from /here');
  await alone.unroute('echo', signal());
  expect((await fetch(`${left.baseUrl}/mcp/echo`)).status).toBe(404);
});

test('whoever only looks sees the routes as they are, and writes nothing', async () => {
  const { url } = await serve();
  const stateFolder = await createTempFolder();
  const missing = join(stateFolder, 'none');
  expect((await peekAtRouter(at(missing))).observe()).toEqual({ ok: true, routes: [] });
  const alone = await openLoneRouter(at(stateFolder));
  await alone.route(routeTo(url), signal());
  const looking = await peekAtRouter(at(stateFolder));
  expect(looking.baseUrl).toBe(alone.baseUrl);
  expect(looking.observe()).toEqual({ ok: true, routes: [routeTo(url)] });
  expect((await readdir(stateFolder)).toSorted()).toEqual(['router']);
});
