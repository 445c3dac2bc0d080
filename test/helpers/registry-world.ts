import { expect } from 'vitest';
import type { DesiredService } from '../../src/model/service.ts';
import { eventually } from './eventually.ts';
import { wanted, type WantedOverrides } from './services.ts';
import { startWorld, type TestWorld } from './world.ts';

export const TAG = 'registry.test/echo:1';
export const OLD = { id: 'sha256:old', digest: 'sha256:digest-of-old' };
export const NEW = { id: 'sha256:new', digest: 'sha256:digest-of-new' };
/** How long who always wants the newest image waits for it. */
export const LOOK_MS = 600_000;

/** A service from the image of the registry. */
export const fromImage = (name: string, overrides: WantedOverrides = {}): DesiredService =>
  wanted(name, { ...overrides, spec: { image: TAG } });

/** A world whose clock can be put on, with a registry that has the old image. */
export function startWithRegistry(mode: 'auto' | 'approve' = 'auto') {
  let aheadMs = 0;
  const world = startWorld({ mode, clock: () => Date.now() + aheadMs });
  world.runtime.publish(TAG, OLD);
  return { world, pass: (ms: number) => (aheadMs += ms) };
}

/** Kinds of all steps so far. */
export function steps(world: TestWorld): readonly string[] {
  return world.runtime.calls.flatMap((call) => (call.kind === 'perform' ? [call.step.kind] : []));
}

/** `echo sha256:old`, one per instance. */
export function images(world: TestWorld): readonly string[] {
  return world.runtime.instances().map(({ service, imageId }) => `${service} ${imageId}`);
}

export const update = (world: TestWorld, service: string): Promise<void> =>
  world.control.ask({ kind: 'update', service, by: 'ann' });

/** What was said of finished updates. */
export function updated(world: TestWorld): readonly unknown[] {
  return world.store
    .events(0, 10_000)
    .filter(({ event }) => event.type === 'io.mcpmanager.service.updated')
    .map(({ event }) => `${event.subject}: ${String(event.data['cause'])}`);
}

/** Until a whole look was taken after now. */
export async function looked(world: TestWorld): Promise<void> {
  const { calls } = world.runtime;
  const looks = (): number => calls.filter(({ kind }) => kind === 'observe').length;
  const before = looks();
  await world.control.wake();
  await eventually(() => expect(looks()).toBeGreaterThan(before));
}
