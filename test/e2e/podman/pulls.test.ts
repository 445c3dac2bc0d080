import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { startEngine } from '../../helpers/engine.ts';
import { eventually } from '../../helpers/eventually.ts';
import { openLine } from '../../helpers/line.ts';
import { openImages } from '../../helpers/open-images.ts';
import { publishImage } from '../../helpers/publish-image.ts';
import { startRegistry } from '../../helpers/registry.ts';

const MEGABYTE = 1024 * 1024;
const registry = await startRegistry({ atEnd: afterAll });
const line = await openLine(registry.address, afterAll);
const registries = { 'docker.io': registry.address, 'line.test': line.address };
const engine = await startEngine(afterAll, { registries });

/** An image of which the line lets a half through, until it is released. */
async function publishLarge(name: string): Promise<string> {
  await publishImage(engine, `${registry.address}/${name}`, { bytes: 4 * MEGABYTE });
  line.hold(2 * MEGABYTE);
  return `line.test/${name}`;
}

describe('pulls at the same time', () => {
  test('of one image are one, and who gives up leaves the others waiting', async () => {
    const images = openImages(engine);
    const image = await publishLarge('together/app:1');
    const leaving = new AbortController();
    const left = images.pull(image, 'missing', leaving.signal);
    const stayed = [images.pull(image, 'always'), images.pull(image, 'missing')];
    await eventually(() => expect(line.isHolding()).toBe(true));
    leaving.abort();
    await expect(left).rejects.toMatchObject({ code: 'TIMED_OUT' });
    line.release();
    await Promise.all(stayed);
    const asked = registry.answers().filter((answer) => answer.includes('/together/app/manifests'));
    // `publishImage` put it there once.
    expect(asked.filter((answer) => answer.startsWith('GET'))).toHaveLength(1);
  });

  test('are at most three, and the next begins when one ends', async () => {
    const images = openImages(engine);
    const names = ['one', 'two', 'three', 'four'];
    for (const name of names) await publishImage(engine, `${registry.address}/many/${name}:1`);
    line.hold(0);
    const pulls = names.map((name) => images.pull(`line.test/many/${name}:1`, 'missing'));
    const begun = () => images.logged.filter(([, message]) => message === 'pulling an image');
    await eventually(() => expect(line.clients()).toBeGreaterThanOrEqual(3));
    expect(begun()).toHaveLength(3);
    line.release();
    await Promise.all(pulls);
    expect(begun()).toHaveLength(4);
  });

  test('that nobody waits for any more are ended in the engine', async () => {
    const images = openImages(engine);
    const image = await publishLarge('ended/app:1');
    const leaving = new AbortController();
    const left = images.pull(image, 'missing', leaving.signal);
    await eventually(() => expect(line.isHolding()).toBe(true));
    leaving.abort();
    await expect(left).rejects.toMatchObject({ code: 'TIMED_OUT' });
    await eventually(() => expect(line.clients()).toBe(0));
    line.release();
    expect(await images.meaning(image)).toBeUndefined();
    await images.pull(image, 'missing');
  });
});

test('the log tells how far a pull is', async () => {
  let now = 0;
  const images = openImages(engine, { clock: () => (now += 6_000) });
  const image = await publishLarge('progress/app:1');
  const pulled = images.pull(image, 'missing');
  const told = () => images.logged.find(([, message]) => message === 'still pulling')?.[0];
  // The engine tells of what arrives, once a second.
  await eventually(() => {
    line.hold(20_000);
    expect(told()).toMatchObject({ image, totalBytes: expect.any(Number) });
  });
  line.release();
  await pulled;
  expect(images.logged.at(-1)).toMatchObject([{ image }, 'pulled an image']);
});

describe('a registry', () => {
  test('that is not there is an outage, and is asked again when it is back', async () => {
    const images = openImages(engine);
    const image = `${registry.address}/away/app:1`;
    await publishImage(engine, image);
    await registry.kill();
    await expect(images.pull(image, 'missing')).rejects.toMatchObject({
      code: 'REGISTRY_UNAVAILABLE',
      message: expect.stringMatching(
        /cannot be pulled: 127.*does not answer as it should: .*refused/,
      ),
    });
    await registry.start();
    await images.pull(image, 'missing');
  });

  test('that is restarted in the middle of a pull leaves no half image', async () => {
    const images = openImages(engine);
    const image = await publishLarge('restarted/app:1');
    const broken = images.pull(image, 'missing').catch((error: unknown) => error);
    await eventually(() => expect(line.isHolding()).toBe(true));
    await registry.kill();
    line.cut();
    expect(await broken).toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
    expect(await images.meaning(image)).toBeUndefined();
    await registry.start();
    line.release();
    await images.pull(image, 'missing');
    expect(await images.meaning(image)).toBeDefined();
  });

  test('that takes connections and sends nothing is given up', async () => {
    const images = openImages(engine, { quietMs: 500 });
    const image = `${registry.address}/frozen/app:1`;
    await publishImage(engine, image);
    registry.freeze();
    await expect(images.pull(image, 'missing')).rejects.toMatchObject({
      code: 'REGISTRY_UNAVAILABLE',
      message: `${image} cannot be pulled: ${registry.address} sends nothing any more.`,
    });
    await registry.kill();
    await registry.start();
    await images.pull(image, 'missing');
  });

  test('that speaks plain HTTP is told as one that the engine does not trust', async () => {
    const { address } = await startRegistry();
    await expect(openImages(engine).pull(`${address}/app:1`, 'missing')).rejects.toMatchObject({
      code: 'REGISTRY_UNAVAILABLE',
      message: expect.stringContaining(`the engine does not trust ${address}`),
      hint: expect.stringContaining('registries.conf'),
    });
  });
});

describe('an engine', () => {
  test('that ends in the middle of a pull is told, and pulls again when it is back', async () => {
    const images = openImages(engine);
    const image = await publishLarge('engine/app:1');
    const broken = images.pull(image, 'missing').catch((error: unknown) => error);
    await eventually(() => expect(line.isHolding()).toBe(true));
    await engine.kill();
    expect(await broken).toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
    await engine.start();
    line.release();
    await images.pull(image, 'missing');
  });

  test('without space says so, and pulls when there is some', async () => {
    const own = await startEngine(undefined, { registries });
    const image = `${registry.address}/large/app:1`;
    await publishImage(engine, image, { bytes: 8 * MEGABYTE });
    await own.kill();
    const storage = join(own.folder, 'root');
    mkdirSync(storage, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'none', storage]);
    await own.start();
    const images = openImages(own);
    await expect(images.pull(image, 'missing')).rejects.toMatchObject({
      code: 'STORAGE_FULL',
      message: `pull ${image}: the engine has no space left.`,
    });
    expect(await images.meaning(image)).toBeUndefined();
    execFileSync('mount', ['-o', 'remount,size=64m', storage]);
    await images.pull(image, 'missing');
  });
});
