import { expect, test } from 'vitest';
import { createStep } from '../../helpers/services.ts';
import type { OpenBench } from './bench.ts';
import { GRACE_MS, openBench } from './bench.ts';

/** Which objects are meant, and which are not. */
export function describeOwnership(open: OpenBench): void {
  test('a forgotten instance is ours no more and leaves its name free', async () => {
    const { act, bench, instances } = await openBench(open);
    const step = createStep(bench.makeService('forgotten'));
    const { id } = await act(step);
    await act({ kind: 'forget', target: step.target });
    expect(await instances()).toEqual([]);
    const { id: secondId } = await act(step);
    expect(secondId).not.toBe(id);
    expect(await instances()).toMatchObject([{ id: secondId }]);
  });

  test('a step for an object that was replaced does not touch its successor', async () => {
    const { act, bench, instances, launch } = await openBench(open);
    const service = bench.makeService('successor');
    const old = await launch(service);
    await act({ kind: 'stop', target: old, graceMs: GRACE_MS });
    await act({ kind: 'remove', target: old, volumes: [] });
    const successor = await launch(service);
    await act({ kind: 'stop', target: old, graceMs: GRACE_MS });
    await act({ kind: 'remove', target: old, volumes: [] });
    await expect(act({ kind: 'start', target: old })).rejects.toThrow(/no instance/i);
    expect(await instances()).toEqual([successor]);
  });

  test('names narrow an observation to those services', async () => {
    const { act, bench, instances } = await openBench(open);
    await act(createStep(bench.makeService('one')));
    await act(createStep(bench.makeService('two')));
    expect(await instances(new Set(['two']))).toMatchObject([{ service: 'two' }]);
    expect(await instances(new Set(['other']))).toEqual([]);
  });

  test('two instances of one service live beside each other', async () => {
    const { act, bench, instances } = await openBench(open);
    const service = bench.makeService('pair');
    await act(createStep(service, { number: 1 }));
    const second = createStep(service, { number: 2 });
    await act(second);
    await act({ kind: 'start', target: second.target });
    const states = (await instances()).map(({ state }) => state);
    expect(states.toSorted()).toEqual(['created', 'running']);
  });
}
