import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Router } from '../../../src/ports.ts';
import { eventually } from '../../helpers/eventually.ts';
import { openTestRouter, routeToMirror, soon } from './open-test-router.ts';

/** What works must be served by then on a busy machine too; what fails takes as long. */
const SOON_MS = 4_000;

describe('A broken file of somebody else', () => {
  test.each([
    ['YAML that ends too early', 'bad.yml', 'http: [', /bad\.yml \(line 1: .+\)/],
    [
      'a field that Traefik does not know',
      'bad.yaml',
      'http:\n  routers:\n    a: {rul: x}\n',
      /bad\.yaml \(http\.routers\.a\.rul is no name that Traefik knows\)/,
    ],
  ])(
    'with %s is told by name, and all is served when it is mended',
    async (_, name, text, words) => {
      const { router, traefik, warnings } = await openTestRouter({ servedWithinMs: SOON_MS });
      const [one, two] = [await routeToMirror('one'), await routeToMirror('two')];
      await router.route(one, soon());
      await writeFile(join(traefik.dynamicFolder, name), text);

      await expect(router.route(two, soon())).rejects.toMatchObject({
        code: 'ROUTER_UNAVAILABLE',
        message: expect.stringMatching(words),
      });

      // What is served goes on, and what is not is not claimed.
      await eventually(() => {
        expect(router.observe()).toEqual({
          ok: true,
          routes: [one],
          trouble: expect.stringMatching(words),
        });
      });
      expect((await fetch(`${router.baseUrl}/mcp/one`)).status).toBe(200);
      await eventually(() => expect(warnings.join()).toMatch(name));

      const mended = nextChange(router);
      await rm(join(traefik.dynamicFolder, name));
      await mended;
      await eventually(() => expect(router.observe()).toEqual({ ok: true, routes: [one, two] }));
      expect((await fetch(`${router.baseUrl}/mcp/two`)).status).toBe(200);
    },
  );

  test('is told before anything changes, and no more when it is mended', async () => {
    const { router, traefik } = await openTestRouter({ way: 'through its entry point' });
    const bad = join(traefik.dynamicFolder, 'bad.yml');

    await writeFile(bad, 'http: [');
    await eventually(() =>
      expect(router.observe()).toMatchObject({ ok: true, trouble: /bad\.yml/ }),
    );
    await writeFile(bad, '# nothing\n');

    await eventually(() => expect(router.observe()).toEqual({ ok: true, routes: [] }));
  });

  test('that Traefik found at its start is told, with all routes unserved', async () => {
    const { router, traefik } = await openTestRouter();
    const route = await routeToMirror('one');
    await router.route(route, soon());
    await traefik.kill();
    await writeFile(join(traefik.dynamicFolder, 'bad.yml'), 'http: [');
    await traefik.start();

    await eventually(() =>
      expect(router.observe()).toMatchObject({ ok: false, cause: /bad\.yml/ }),
    );
    await rm(join(traefik.dynamicFolder, 'bad.yml'));

    await eventually(() => expect(router.observe()).toEqual({ ok: true, routes: [route] }));
  });
});

test('a name of ours in another file is told for that route alone', async () => {
  const { router, traefik } = await openTestRouter();
  const [one, two] = [await routeToMirror('one'), await routeToMirror('two')];
  await writeFile(
    join(traefik.dynamicFolder, 'another.yml'),
    'http:\n  routers:\n    mcp-one: {rule: "Path(`/x`)", service: noop@internal}\n',
  );

  const [first, second] = await Promise.allSettled([
    router.route(one, soon()),
    router.route(two, soon()),
  ]);

  expect(second.status).toBe('fulfilled');
  expect(first).toMatchObject({
    status: 'rejected',
    reason: { code: 'ROUTER_UNAVAILABLE', message: /mcp-one is another file's/ },
  });
  expect(router.observe()).toMatchObject({ ok: true, routes: [two], trouble: /mcp-one/ });
});

test('a Traefik that ends is told, and has its routes when it is back', async () => {
  const { router, traefik } = await openTestRouter({ servedWithinMs: SOON_MS });
  const route = await routeToMirror('one');
  await router.route(route, soon());

  const gone = nextChange(router);
  await traefik.kill();
  await gone;
  const cause = /^Traefik does not answer at 127\.0\.0\.1:\d+ \(ECONNREFUSED\)$/;
  await eventually(() => {
    expect(router.observe()).toEqual({ ok: false, cause: expect.stringMatching(cause) });
  });
  await expect(router.unroute('one', soon())).rejects.toMatchObject({
    code: 'ROUTER_UNAVAILABLE',
    message: expect.stringMatching(cause),
  });

  const back = nextChange(router);
  await traefik.start();
  await back;
  await eventually(() => expect(router.observe()).toEqual({ ok: true, routes: [] }));
  expect((await fetch(`${router.baseUrl}/mcp/one`)).status).toBe(404);
});

test('Traefik that watches another folder is told so', async () => {
  const { router, traefik } = await openTestRouter();
  const other = await openTestRouter({
    traefik: { ...traefik, dynamicFolder: `${traefik.dynamicFolder}2` },
    servedWithinMs: SOON_MS,
  });
  onTestFinished(() => rm(`${traefik.dynamicFolder}2`, { recursive: true, force: true }));
  await router.close();

  await expect(other.router.route(await routeToMirror('one'), soon())).rejects.toMatchObject({
    code: 'ROUTER_UNAVAILABLE',
    message: expect.stringMatching(/may watch another folder/),
  });
});

describe('The file that the manager writes', () => {
  test('is written anew when somebody else changes it', async () => {
    const { router, file } = await openTestRouter();
    const route = await routeToMirror('one');
    await router.route(route, soon());
    const text = await readFile(file, 'utf8');

    await writeFile(file, text.replaceAll('/mcp/one', '/mcp/another'));
    await eventually(async () => expect(await readFile(file, 'utf8')).toBe(text));

    await eventually(() => expect(router.observe()).toEqual({ ok: true, routes: [route] }));
  });

  test('is made anew where it cannot be read, and what stood there is kept', async () => {
    const { router, file, reopen } = await openTestRouter();
    await router.close();
    await writeFile(file, '{"half":');

    const again = await reopen();

    expect(again.observe()).toEqual({ ok: true, routes: [] });
    expect(await readFile(`${file}.old`, 'utf8')).toBe('{"half":');
  });

  test('is that of one manager: another one is refused', async () => {
    const { router, reopen } = await openTestRouter();
    await router.close();

    await expect(reopen('fleet-2')).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(/is written by the manager fleet-1$/),
    });
  });
});

/** The next time that the router says that something changed. */
function nextChange(router: Router): Promise<void> {
  const ending = new AbortController();
  const { promise, resolve } = Promise.withResolvers<void>();
  router.watch(resolve, ending.signal);
  onTestFinished(() => ending.abort());
  return promise;
}
