import { rm, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { writeFileAtomically } from '../../../src/atomic-file.ts';
import { formatRoutes, routesGeneration } from '../../../src/model/router-program.ts';
import { eventually } from '../../helpers/eventually.ts';
import { openTestRouter, routeTo } from './open-test-router.ts';
import { serveMirror } from '../../helpers/serve-upstream.ts';

async function nameAt(url: string, headers: Record<string, string> = {}): Promise<unknown> {
  const answer = await fetch(url, { headers });
  const body: unknown = await answer.json();
  return typeof body === 'object' && body !== null && 'name' in body ? body.name : answer.status;
}

test('a replaced routes file is served without being asked to', async () => {
  const [blue, green] = [await serveMirror('blue'), await serveMirror('green')];
  const router = await openTestRouter([routeTo('foo', [blue.url])]);
  expect(await nameAt(`${router.base}/mcp/foo`)).toBe('blue');
  await writeFileAtomically(router.routesFile, formatRoutes([routeTo('foo', [green.url])]));
  await eventually(async () => expect(await nameAt(`${router.base}/mcp/foo`)).toBe('green'));
});

test('switching targets under load fails no request', async () => {
  const upstreams = [await serveMirror('blue'), await serveMirror('green')];
  const [blue, green] = upstreams.map(({ url }) => [routeTo('foo', [url])]);
  const router = await openTestRouter(blue!);
  const seen = new Set<unknown>();
  const switching = new AbortController();
  const load = async (): Promise<void> => {
    while (!switching.signal.aborted) {
      seen.add(await nameAt(`${router.base}/mcp/foo`));
    }
  };
  const clients = Array.from({ length: 8 }, load);
  for (let round = 0; round < 20; round += 1) {
    await router.put(round % 2 === 0 ? green! : blue!);
  }
  switching.abort();
  await Promise.all(clients);
  expect(seen).toEqual(new Set(['blue', 'green']));
});

test('a broken or missing routes file keeps the last good routes and says so once', async () => {
  const upstream = await serveMirror('blue');
  const router = await openTestRouter([routeTo('foo', [upstream.url])]);
  const { generation } = await router.status();
  await writeFile(router.routesFile, '{"formatVersion": 1, "routes": [{"slug": 1}]}');
  await router.status();
  await router.status();
  expect(router.said).toEqual([
    `${router.routesFile} cannot be used, keeping the last 1 routes: routes[0] is no route`,
  ]);
  await rm(router.routesFile);
  expect((await router.status()).generation).toBe(generation);
  expect(await nameAt(`${router.base}/mcp/foo`)).toBe('blue');
  await router.put([]);
  expect(await nameAt(`${router.base}/mcp/foo`)).toBe(404);
});

test('the status names the text that is served', async () => {
  const router = await openTestRouter([]);
  const routes = [routeTo('foo', ['http://127.0.0.1:1'])];
  await router.put(routes);
  expect(await router.status()).toEqual({
    pid: process.pid,
    fingerprint: '',
    port: Number(new URL(router.base).port),
    generation: routesGeneration(formatRoutes(routes)),
    inFlight: {},
    answeredAgoMs: {},
  });
});

test('a thousand routes each reach their own server', async () => {
  const upstream = await serveMirror();
  const names = Array.from({ length: 1_000 }, (_, index) => `service-${String(index)}`);
  const router = await openTestRouter(
    names.map((name) => routeTo(name, [upstream.url], `/${name}`)),
  );
  for (const name of [names[0], names[500], names[999]]) {
    const answer = await fetch(`${router.base}/mcp/${name}`);
    expect(await answer.json()).toMatchObject({ url: `/${name}` });
  }
});

test('with several targets, requests take turns and a session stays where it began', async () => {
  const upstreams = await Promise.all(['one', 'two', 'three'].map(serveMirror));
  const router = await openTestRouter([
    routeTo(
      'foo',
      upstreams.map(({ url }) => url),
    ),
  ]);
  const url = `${router.base}/mcp/foo`;
  const turns = [await nameAt(url), await nameAt(url), await nameAt(url)];
  expect(new Set(turns)).toEqual(new Set(['one', 'two', 'three']));
  for (let round = 0; round < 4; round += 1) {
    expect(await nameAt(url, { 'mcp-session-id': 'foo-2.f00d' })).toBe('two');
  }
});
