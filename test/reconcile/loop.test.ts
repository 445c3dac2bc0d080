import { expect, test } from 'vitest';
import type { Look } from '../../src/reconcile/gather.ts';
import { createLoop, type LoopOptions } from '../../src/reconcile/loop.ts';
import { eventually } from '../helpers/eventually.ts';

type Seen = Look & { readonly documents: boolean };

function startLoop(
  options: Partial<LoopOptions> & { onPass?: (look: Seen) => Promise<void> } = {},
) {
  const ending = new AbortController();
  const seen: Seen[] = [];
  const failures: unknown[] = [];
  const loop = createLoop({
    clock: Date.now,
    resyncMs: 60_000,
    deepMs: 600_000,
    onFailure: (error) => failures.push(error),
    pass: async (look) => {
      seen.push(look);
      await options.onPass?.(look);
      return new Map();
    },
    ...options,
  });
  const running = loop.run(ending.signal);
  const stop = async (): Promise<void> => {
    ending.abort();
    await running;
  };
  return { loop, seen, failures, stop };
}

test('the first pass looks at everything, closely, with fresh documents', async () => {
  const { seen, stop } = startLoop();
  await eventually(() => expect(seen).toHaveLength(1));
  expect(seen).toEqual([{ scope: 'all', deep: true, documents: true }]);
  await stop();
});

test('wakes during a pass make one pass after it, and passes never overlap', async () => {
  const gate = Promise.withResolvers<void>();
  let running = 0;
  const { loop, seen, stop } = startLoop({
    onPass: async () => {
      expect(++running).toBe(1);
      await gate.promise;
      running -= 1;
    },
  });
  await eventually(() => expect(seen).toHaveLength(1));
  loop.wake({ names: ['a'] });
  loop.wake({ names: ['b'] });
  loop.wake({ names: ['a'] });
  gate.resolve();
  await eventually(() => expect(seen).toHaveLength(2));
  expect(seen[1]).toEqual({ scope: new Set(['a', 'b']), deep: false, documents: false });
  await stop();
  expect(seen).toHaveLength(2);
});

test('a wake for everything swallows the wakes for some', async () => {
  const { loop, seen, stop } = startLoop();
  await eventually(() => expect(seen).toHaveLength(1));
  loop.wake({ names: ['a'] });
  loop.wake({ documents: true });
  await eventually(() => expect(seen).toHaveLength(2));
  expect(seen[1]).toEqual({ scope: 'all', deep: false, documents: true });
  await stop();
});

test('a service whose time has come is looked at alone', async () => {
  const seen: Seen[] = [];
  const { stop } = startLoop({
    pass: async (look) => {
      seen.push(look);
      return new Map([['a', seen.length === 1 ? Date.now() + 30 : undefined]]);
    },
  });
  await eventually(() => expect(seen).toHaveLength(2));
  expect(seen[1]?.scope).toEqual(new Set(['a']));
  await stop();
});

test('a pass that fails is told and repeated over everything', async () => {
  let failures = 0;
  const {
    seen,
    failures: told,
    stop,
  } = startLoop({
    onPass: () => (++failures === 1 ? Promise.reject(new Error('full')) : Promise.resolve()),
  });
  await eventually(() => expect(seen).toHaveLength(2));
  expect(told).toHaveLength(1);
  expect(seen[1]).toEqual({ scope: 'all', deep: true, documents: true });
  await stop();
});

test('without any wake it still looks at everything at each resync, also when the clock is set back', async () => {
  let wallMs = Date.now();
  const { seen, stop } = startLoop({ resyncMs: 30, clock: () => wallMs });
  await eventually(() => expect(seen).toHaveLength(1));
  wallMs -= 3_600_000;
  await eventually(() => expect(seen.length).toBeGreaterThan(2));
  expect(seen[2]).toEqual({ scope: 'all', deep: false, documents: true });
  await stop();
});
