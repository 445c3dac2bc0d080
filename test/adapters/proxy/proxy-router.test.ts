import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openProxyRouter } from '../../../src/adapters/proxy/proxy-router.ts';
import { parseRoutes } from '../../../src/model/router-program.ts';
import { createTempFolder } from '../../helpers/temp-folder.ts';
import { openTestProxy, quietLog } from './open-test-proxy.ts';

test('a port that it chose is none that clients get, and free when it is closed', async () => {
  const router = await openTestProxy(await createTempFolder());
  expect(router.baseUrl).toMatch(/^http:\/\/127\.0\.0\.1:2\d{4}$/);
  await router.close();
  await expect(fetch(router.baseUrl)).rejects.toThrow('fetch failed');
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
