import { expect, test } from 'vitest';
import { eventually } from '../../helpers/eventually.ts';
import { createStep } from '../../helpers/services.ts';
import type { OpenBench } from './bench.ts';
import { GRACE_MS, openBench } from './bench.ts';

/** From nothing to a running program. */
export function describeStarting(open: OpenBench): void {
  test('a created instance is observed with all that its labels hold', async () => {
    const { act, bench, instances } = await openBench(open);
    const service = bench.makeService('facts');
    const secretVersions = { '/facts#KEY': '3' };
    const step = createStep(service, { secretVersions });
    const { id } = await act(step);
    const { revision, spec } = service;
    expect(await instances()).toMatchObject([
      { id, name: step.target.name, service: 'facts', state: 'created', drift: [] },
    ]);
    expect(await instances()).toMatchObject([
      { revision, release: step.release, spec, secretVersions },
    ]);
  });

  test('creating twice makes one object', async () => {
    const { act, bench, instances } = await openBench(open);
    const step = createStep(bench.makeService('twice'));
    const first = await act(step);
    expect(await act(step)).toEqual(first);
    expect(await instances()).toHaveLength(1);
  });

  test('a started instance runs, says since when, and has a URL', async () => {
    const { bench, instances, launch } = await openBench(open);
    const beforeMs = Date.now() - 1_000;
    const instance = await launch(bench.makeService('started'));
    expect(instance.state).toBe('running');
    expect(instance.startedAtMs).toBeGreaterThanOrEqual(beforeMs);
    expect(instance.url).toMatch(/^http:\/\/[^/]+(\/[^/]+)?$/);
    await eventually(() => bench.facts(instance));
    expect(await instances()).toEqual([instance]);
  });

  test('starting what runs changes nothing', async () => {
    const { act, bench, instances, launch } = await openBench(open);
    const instance = await launch(bench.makeService('running'));
    expect(await act({ kind: 'start', target: instance })).toEqual({ id: instance.id });
    expect(await instances()).toEqual([instance]);
  });
}

/** From a running program to nothing. */
export function describeStopping(open: OpenBench): void {
  test('a stopped instance has exited, stopping again is success, and it can start again', async () => {
    const { act, bench, instances, launch } = await openBench(open);
    const target = await launch(bench.makeService('stopped'));
    await act({ kind: 'stop', target, graceMs: GRACE_MS });
    const [stopped] = await instances();
    expect(stopped).toMatchObject({ id: target.id, state: 'exited' });
    expect(stopped?.exit?.atMs).toBeGreaterThanOrEqual(target.startedAtMs ?? Infinity);
    await act({ kind: 'stop', target, graceMs: GRACE_MS });
    await act({ kind: 'start', target });
    const [again] = await instances();
    expect(again).toMatchObject({ id: target.id, state: 'running' });
    expect(again?.exit).toBeUndefined();
    expect(again?.startedAtMs).toBeGreaterThanOrEqual(target.startedAtMs ?? Infinity);
  });

  test('a removed instance is gone, and removing what is not there is success', async () => {
    const { act, bench, instances, launch } = await openBench(open);
    const target = await launch(bench.makeService('removed'));
    await act({ kind: 'stop', target, graceMs: GRACE_MS });
    await act({ kind: 'remove', target, volumes: [] });
    expect(await instances()).toEqual([]);
    await act({ kind: 'remove', target, volumes: [] });
    await act({ kind: 'stop', target, graceMs: GRACE_MS });
    await act({ kind: 'forget', target });
  });
}
