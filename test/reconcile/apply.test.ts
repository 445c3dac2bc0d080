import { expect, test } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { wanted } from '../helpers/services.ts';
import { startWorld } from '../helpers/world.ts';
import { fillDisk } from '../helpers/world-faults.ts';

test('whoever reads slowly still gets every event before the result', async () => {
  const world = startWorld();
  world.want([wanted('echo')]);
  const told: string[] = [];
  const request = { wait: true, by: 'test' };
  for await (const message of world.control.apply(request, AbortSignal.timeout(10_000))) {
    if (message.kind === 'event') told.push(message.event.type);
    await eventually(async () => expect(await world.states()).toEqual(['echo Running']));
  }
  const all = world.store.events(0, 1_000).map(({ event }) => event.type);
  expect(told).toEqual(all.slice(-told.length));
  expect(told).toContain('io.mcpmanager.service.routed');
});

test('an apply that cannot be recorded fails, and does not say that all is well', async () => {
  const disk = fillDisk();
  const world = startWorld({ between: disk.between });
  world.want([wanted('a')]);
  await eventually(async () => expect(await world.states()).toEqual(['a Running']));
  disk.setFull(true);
  world.want([wanted('a'), wanted('b')]);
  const applying = async (): Promise<void> => {
    const request = { wait: true, by: 'test' };
    const messages = world.control.apply(request, AbortSignal.timeout(10_000));
    for await (const message of messages) expect(message.kind).toBe('event');
  };
  await expect(applying()).rejects.toThrow('the disk is full');
});
