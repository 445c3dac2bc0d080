import fc from 'fast-check';
import { expect, test } from 'vitest';
import { leaveChain, takeNext, type Chain } from '../../../src/adapters/podman/lease-chain.ts';
import type { Marker, MarkerHolder, Markers } from '../../../src/adapters/podman/lease-marker.ts';

const NOW_MS = Date.parse('2026-01-01T00:00:00Z');
const LONG_AGO_MS = NOW_MS - 600_000;
const { signal } = new AbortController();

test('however the calls of several managers fall between one another, at most one comes to hold', async () => {
  const scenario = fc.record({
    scheduler: fc.scheduler(),
    // What lies there: nothing, or what one of them or somebody long gone has left.
    left: fc.array(fc.constantFrom('gone', '0', '1'), { maxLength: 2 }),
    rounds: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 2, maxLength: 4 }),
  });
  await fc.assert(
    fc.asyncProperty(scenario, async ({ scheduler, left, rounds }) => {
      const volumes = new Map<string, Marker>();
      const engine = createFakeEngine(volumes, (call) => scheduler.schedule(Promise.resolve(call)));
      for (const [index, token] of left.entries()) engine.leave(index + 1, token);
      const managers = rounds.map((count, index) => live(engine.markers, String(index), count));
      await scheduler.waitFor(Promise.all(managers));
      const holding = (await Promise.all(managers)).filter((holds) => holds);
      expect(holding.length).toBeLessThan(2);
    }),
    { numRuns: 2_000 },
  );
});

test('whose number was taken by somebody who went again at once tries once more', async () => {
  const volumes = new Map<string, Marker>();
  let calls = 0;
  const { markers, leave } = createFakeEngine(volumes, async () => {
    calls += 1;
    // Between the first look and the creation, and again before the second look.
    if (calls === 2) leave(1, 'passer-by');
    if (calls === 3) volumes.clear();
  });
  expect(await takeNext(chainOf(markers, 'one'), signal)).toBeUndefined();
  expect([...volumes.values()]).toMatchObject([{ number: 1, holder: { token: 'one' } }]);
});

test('what is no marker and stays in the way is named', async () => {
  const { markers } = createFakeEngine(new Map(), () => Promise.resolve());
  const blocked = { ...markers, create: () => Promise.resolve() };
  await expect(takeNext(chainOf(blocked, 'one'), signal)).rejects.toMatchObject({
    code: 'NAME_TAKEN',
    message: expect.stringContaining('lease-1'),
  });
});

test('a manager that slept past its time takes no lease from the one that came meanwhile', async () => {
  const volumes = new Map<string, Marker>();
  const { markers, leave } = createFakeEngine(volumes, (call) => Promise.resolve(call));
  leave(3, 'sleeper');
  expect(await takeNext(chainOf(markers, 'other'), signal)).toBeUndefined();
  const other = await takeNext(chainOf(markers, 'sleeper'), signal);
  expect(other?.holder?.token).toBe('other');
  expect([...volumes.keys()]).toEqual(['lease-4']);
});

test('a marker from the future holds nothing either', async () => {
  const volumes = new Map<string, Marker>();
  const { markers } = createFakeEngine(volumes, () => Promise.resolve());
  await markers.create(1, { holder: holderOf('ahead'), renewedAtMs: NOW_MS + 600_000 }, signal);
  expect(await takeNext(chainOf(markers, 'one'), signal)).toBeUndefined();
});

test('one that was removed by hand is taken again, and what is left of the chain with it', async () => {
  const volumes = new Map<string, Marker>();
  const { markers } = createFakeEngine(volumes, (call) => Promise.resolve(call));
  const chain = chainOf(markers, 'one');
  await takeNext(chain, signal);
  volumes.clear();
  expect(await takeNext(chain, signal)).toBeUndefined();
  expect([...volumes.keys()]).toEqual(['lease-1']);
  await leaveChain(chain, signal);
  expect(volumes.size).toBe(0);
});

/** Takes and renews so often, and answers whether it believes to hold in the end. */
async function live(markers: Markers, token: string, rounds: number): Promise<boolean> {
  for (let round = 0; round < rounds; round += 1) {
    const other = await takeNext(chainOf(markers, token), signal);
    if (other !== undefined) return false;
  }
  return true;
}

function chainOf(markers: Markers, token: string): Chain {
  return { markers, holder: holderOf(token), clock: () => NOW_MS };
}

/** Of no machine that could be asked: only time tells of it. */
function holderOf(token: string): MarkerHolder {
  return {
    token,
    pid: 1,
    host: 'far',
    what: 'run',
    stateFolder: '/state',
    startedAtMs: LONG_AGO_MS,
  };
}

function nameOf(number: number): string {
  return `lease-${number}`;
}

/** Volumes as the engine has them: one call at a time, each waits for its turn. */
function createFakeEngine(
  volumes: Map<string, Marker>,
  turn: (call: string) => Promise<unknown>,
): { readonly markers: Markers; leave(number: number, token: string): void } {
  const put = (marker: Omit<Marker, 'volume'>): void => {
    const volume = nameOf(marker.number);
    if (!volumes.has(volume)) volumes.set(volume, { ...marker, volume });
  };
  return {
    leave: (number, token) => put({ number, renewedAtMs: LONG_AGO_MS, holder: holderOf(token) }),
    markers: {
      nameOf,
      async list() {
        await turn('list');
        return [...volumes.values()].toSorted((a, b) => a.number - b.number);
      },
      async create(number, marker) {
        await turn('create');
        put({ number, ...marker });
      },
      async remove(volume) {
        await turn('remove');
        volumes.delete(volume);
      },
    },
  };
}
