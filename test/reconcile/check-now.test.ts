import { expect, test } from 'vitest';
import { createMemoryProber } from '../../src/adapters/memory/prober.ts';
import { createCheckNow } from '../../src/reconcile/check-now.ts';
import { wanted } from '../helpers/services.ts';
import { startWorld } from '../helpers/world.ts';

const never = new AbortController().signal;
const GONE = { outcome: 'failed', message: 'hangs up' } as const;

async function openRunning() {
  const world = startWorld();
  world.want([wanted('echo', { runtime: 'memory' })]);
  await world.inspection.settled('echo', never);
  const checks = () => world.prober.checks.filter(({ kind }) => kind === 'verify').length;
  return { ...world, checks };
}

test('a service that has begun to fail is found so at once', async () => {
  const { inspection, prober, runtime } = await openRunning();
  expect(await inspection.checkNow('echo')).toMatchObject({ answer: { kind: 'good' } });
  prober.answer('echo', GONE);
  const [instance] = runtime.instances();
  expect(await inspection.checkNow('echo')).toMatchObject({
    containerId: instance?.id,
    answer: { kind: 'none', cause: 'hangs up' },
    responseMs: expect.any(Number),
  });
});

test('what callers check is remembered by nobody, however often it fails', async () => {
  const { inspection, prober, store, states } = await openRunning();
  const before = store.histories().get('echo');
  const details = inspection.details();
  prober.answer('echo', GONE);
  for (let round = 0; round < 5; round++) await inspection.checkNow('echo');
  expect(store.histories().get('echo')).toEqual(before);
  expect(inspection.details()).toEqual(details);
  expect(await states()).toEqual(['echo Running']);
});

test('who asks for the same service at the same time shares one check', async () => {
  const { inspection, checks } = await openRunning();
  const before = checks();
  const [first, ...others] = await Promise.all(
    Array.from({ length: 20 }, () => inspection.checkNow('echo')),
  );
  expect(checks()).toBe(before + 1);
  for (const other of others) expect(other).toEqual(first);
  await inspection.checkNow('echo');
  expect(checks()).toBe(before + 2);
});

test('of what is off there is nothing to ask', async () => {
  const { want, inspection, checks } = await openRunning();
  want([wanted('echo', { runtime: 'memory', power: 'off' })]);
  await inspection.settled('echo', never);
  const before = checks();
  const found = await inspection.checkNow('echo');
  expect(found.status.state).toBe('Stopped');
  expect(found.answer).toBeUndefined();
  expect(checks()).toBe(before);
});

test('an instance that ended since the last look is found ended', async () => {
  const { inspection, runtime, checks } = await openRunning();
  const before = checks();
  const [instance] = runtime.instances();
  runtime.exit(instance?.name ?? '', 1);
  const { status, answer } = await inspection.checkNow('echo');
  expect(status.conditions).toContainEqual(
    expect.objectContaining({ type: 'Available', status: 'False' }),
  );
  expect(answer).toBeUndefined();
  expect(checks()).toBe(before);
});

test('a service that nobody knows is not checked', async () => {
  const { inspection } = await openRunning();
  await expect(inspection.checkNow('other')).rejects.toMatchObject({ code: 'SERVICE_UNKNOWN' });
});

test('only so many services are checked at once', async () => {
  const checkNow = createCheckNow({
    gather: () => new Promise(() => {}),
    prober: createMemoryProber(),
    reconciler: { isMoving: () => false },
    clock: Date.now,
  });
  for (let count = 0; count < 50; count++) void checkNow(`s${count}`);
  await expect(checkNow('more')).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS' });
});
