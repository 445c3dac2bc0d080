import { describe, expect, test } from 'vitest';
import { createMemoryRuntime } from '../../../src/adapters/memory/runtime.ts';
import type { DesiredService } from '../../../src/model/service.ts';
import { createStep, wanted } from '../../helpers/services.ts';

const { signal } = new AbortController();
const ECHO = 'registry.test/echo:1';
const OLD = { id: 'sha256:a', digest: 'sha256:da' };
const NEW = { id: 'sha256:b', digest: 'sha256:db' };

function openShop() {
  const { runtime, world } = createMemoryRuntime();
  const pull = (policy: DesiredService['pull'], image = ECHO) =>
    runtime.perform({ kind: 'pull', image, policy }, new Map(), signal);
  const meaning = async (reference = ECHO) =>
    (await runtime.images([reference], signal)).get(reference);
  const create = (imageId?: string) => {
    const step = createStep(wanted('echo', { spec: { image: ECHO } }));
    return runtime.perform(imageId === undefined ? step : { ...step, imageId }, new Map(), signal);
  };
  return { world, pull, meaning, create };
}

describe('The store of a memory runtime', () => {
  test('gets what the registry has under a name, and keeps it when the tag moves', async () => {
    const { world, pull, meaning } = openShop();
    expect(await meaning()).toBeUndefined();
    world.publish(ECHO, OLD);
    await pull('missing');
    world.publish(ECHO, NEW);
    await pull('missing');
    await pull('never');
    expect(await meaning()).toEqual(OLD);
    await pull('always');
    expect(await meaning()).toEqual(NEW);
    expect(await meaning(OLD.id)).toEqual(OLD);
  });

  test('has nothing of a name that neither it nor the registry knows', async () => {
    const { world, pull } = openShop();
    await expect(pull('missing')).rejects.toMatchObject({ code: 'IMAGE_MISSING' });
    world.publish(ECHO, OLD);
    await expect(pull('never')).rejects.toMatchObject({ code: 'IMAGE_MISSING' });
    world.tag(ECHO, OLD);
    await pull('never');
  });
});

describe('An instance of a memory runtime', () => {
  test('is made of what its reference means then, or of exactly the image given', async () => {
    const { world, create } = openShop();
    world.tag(ECHO, OLD);
    world.tag(ECHO, NEW);
    await create();
    expect(world.instances()).toMatchObject([{ imageId: NEW.id }]);
    world.delete(world.instances()[0]?.name ?? '');
    await create(OLD.id);
    expect(world.instances()).toMatchObject([{ imageId: OLD.id }]);
  });

  test('is not made without its image', async () => {
    const { world, create } = openShop();
    await expect(create()).rejects.toMatchObject({ code: 'PROGRAM_FAILED' });
    expect(world.instances()).toEqual([]);
  });
});
