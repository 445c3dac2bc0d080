import { expect, onTestFinished, test } from 'vitest';
import type { LogLine } from '../../../src/ports.ts';
import { eventually } from '../../helpers/eventually.ts';
import type { OpenBench } from './bench.ts';
import { collect, GRACE_MS, openBench } from './bench.ts';

/** How an end that nobody asked for shows. */
export function describeCrash(open: OpenBench): void {
  test('a crash is observed with its end and wakes the watcher', async () => {
    const { bench, instances, launch } = await openBench(open);
    const instance = await launch(bench.makeService('crashing'));
    await eventually(() => bench.facts(instance));
    const woken: (string | undefined)[] = [];
    const watching = new AbortController();
    onTestFinished(() => watching.abort());
    bench.runtime.watch((service) => woken.push(service), watching.signal);
    await bench.crash(instance);
    await eventually(() => expect(woken).toContain('crashing'));
    const [crashed] = await eventually(async () => {
      const seen = await instances();
      expect(seen).toMatchObject([{ id: instance.id, state: 'exited' }]);
      return seen;
    });
    expect(crashed?.exit?.code === 0).toBe(false);
    expect(crashed?.url).toBeUndefined();
  });
}

/** What a program prints can be read. */
export function describeOutput(open: OpenBench): void {
  test('the output is kept over a restart, and its tail can be asked for', async () => {
    const { act, bench, instances, launch, logs } = await openBench(open);
    const instance = await launch(bench.makeService('talking'));
    await eventually(() => bench.facts(instance));
    for (const text of ['first', 'second', 'third']) await bench.print(instance, text);
    await eventually(async () => expect(await logs(instance)).toContain('third'));
    await act({ kind: 'stop', target: instance, graceMs: GRACE_MS });
    await act({ kind: 'start', target: instance });
    const [again = instance] = await instances();
    await eventually(() => bench.facts(again));
    await bench.print(again, 'fourth');
    await eventually(async () => {
      const lines = await logs(again);
      const spoken = lines.filter((text) => /^(first|second|third|fourth)$/.test(text));
      expect(spoken).toEqual(['first', 'second', 'third', 'fourth']);
    });
    expect(await logs(again, { tail: 1 })).toEqual(['fourth']);
    expect(await logs(again, { tail: 0 })).toEqual([]);
  });

  test('following the output goes on over a restart and ends with its signal', async () => {
    const { act, bench, instances, launch } = await openBench(open);
    const instance = await launch(bench.makeService('followed'));
    await eventually(() => bench.facts(instance));
    const reading = new AbortController();
    const lines: LogLine[] = [];
    const request = { follow: true, tail: 0 };
    const done = collect(bench.runtime.logs(instance.name, request, reading.signal), lines);
    await bench.print(instance, 'before');
    await eventually(() => expect(lines.map(({ text }) => text)).toContain('before'));
    await act({ kind: 'stop', target: instance, graceMs: GRACE_MS });
    await act({ kind: 'start', target: instance });
    const [again = instance] = await instances();
    await eventually(() => bench.facts(again));
    await bench.print(again, 'after');
    await eventually(() => expect(lines.map(({ text }) => text)).toContain('after'));
    reading.abort();
    await done;
    expect(lines.find(({ text }) => text === 'after')).toMatchObject({ stream: 'stdout' });
  });
}
