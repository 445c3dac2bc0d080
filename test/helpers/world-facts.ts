import { expect } from 'vitest';
import { eventually } from './eventually.ts';
import type { TestWorld } from './world.ts';

/** Types of all events so far, in order: `step.started`. */
export function types(world: TestWorld): readonly string[] {
  return world.store.events(0, 10_000).map(({ event }) => event.type.replace('io.mcpmanager.', ''));
}

/** Until every service runs. */
export async function running(world: TestWorld): Promise<void> {
  await eventually(async () =>
    expect(new Set((await world.states()).map((line) => line.split(' ')[1]))).toEqual(
      new Set(['Running']),
    ),
  );
}
