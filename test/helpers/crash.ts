import { expect } from 'vitest';
import type { Router, Runtime, Store } from '../../src/ports.ts';
import type { Ground } from './world.ts';

/** Counts every effect and write; from the given one on, nothing gets through any more. */
export function createCrash(at: number, position: 'before' | 'after') {
  let count = 0;
  let dead = false;
  const die = (): never => {
    dead = true;
    throw new Error('crashed');
  };
  function guard<T>(effect: () => T): T {
    if (dead) throw new Error('crashed');
    count += 1;
    if (count === at && position === 'before') die();
    const result = effect();
    if (count === at) die();
    return result;
  }
  async function guardAsync<T>(effect: () => Promise<T>): Promise<T> {
    if (dead) throw new Error('crashed');
    count += 1;
    const mine = count;
    if (mine === at && position === 'before') die();
    const result = await effect();
    if (mine === at || dead) die();
    return result;
  }
  return {
    count: () => count,
    isDead: () => dead,
    between: ({ runtime, router, store }: { runtime: Runtime; router: Router; store: Store }) => ({
      runtime: {
        ...runtime,
        perform: (...call: Parameters<Runtime['perform']>) =>
          guardAsync(() => runtime.perform(...call)),
      },
      router: {
        ...router,
        route: (...call: Parameters<Router['route']>) => guardAsync(() => router.route(...call)),
        unroute: (...call: Parameters<Router['unroute']>) =>
          guardAsync(() => router.unroute(...call)),
      },
      store: {
        ...store,
        producer: store.producer,
        commit: (changes: Parameters<Store['commit']>[0]) =>
          changes.length === 0 ? undefined : guard(() => store.commit(changes)),
      },
    }),
  };
}

/** Every step that was begun is told to have ended, and the numbers of events have no hole. */
export function checkStory({ store }: Ground, where: string): void {
  const events = store.events(0, 10_000);
  expect(events.map(({ number }) => number)).toEqual(events.map((_event, index) => index + 1));
  const count = (type: string): number =>
    events.filter(({ event }) => event.type.endsWith(type)).length;
  expect(count('step.started'), where).toBe(count('step.completed') + count('step.failed'));
  expect(store.journal({ unfinished: true, limit: 10 })).toEqual([]);
}
