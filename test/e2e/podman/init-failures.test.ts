import { afterAll, expect, test } from 'vitest';
import type { RuntimeStep } from '../../../src/model/plan.ts';
import type { Runtime } from '../../../src/ports.ts';
import { startEngine } from '../../helpers/engine.ts';
import { eventually } from '../../helpers/eventually.ts';
import { createStep } from '../../helpers/services.ts';
import { look, makeService, openPodmanBench } from './bench.ts';

// What an init process says of a program that it could not run is in its log alone.
const engine = await startEngine(afterAll);

test('a program that is missing, or is no program, is told as that, and not as a crash without end', async () => {
  const bench = await openPodmanBench(engine);
  for (const program of ['/missing', '/programs/tiny.mjs']) {
    const service = makeService('lost', { spec: { command: [program] } });
    const { target } = createStep(service);
    await act(bench.runtime, createStep(service));
    await act(bench.runtime, { kind: 'start', target });
    await eventually(async () => {
      expect(await look(bench.runtime, target.name)).toMatchObject({ exit: { code: 1 } });
      // The end of a program is told before its last words are.
      expect(await readLog(bench.runtime, target.name)).not.toEqual([]);
    });
    await expect(act(bench.runtime, { kind: 'start', target })).rejects.toMatchObject({
      code: 'PROGRAM_MISSING',
      message: expect.stringContaining(program),
    });
    await act(bench.runtime, { kind: 'remove', target, volumes: [] });
  }
});

test('the words of an init process are understood also where the log has them in pieces', async () => {
  const bench = await openPodmanBench(engine);
  // Each write of its own, as catatonit does it; usually they are read at one go.
  const pieces = ['ERROR (catatonit:2): ', 'failed to exec pid1: No such file or directory', '\n'];
  const script = `(async () => { for (const piece of ${JSON.stringify(pieces)}) {
    process.stderr.write(piece); await new Promise((done) => setTimeout(done, 100)); }
    process.exit(1) })()`;
  const service = makeService('in-pieces', { spec: { command: ['node', '-e', script] } });
  const { target } = createStep(service);
  await act(bench.runtime, createStep(service));
  await act(bench.runtime, { kind: 'start', target });
  await eventually(async () =>
    expect(await look(bench.runtime, target.name)).toMatchObject({ exit: { code: 1 } }),
  );
  await expect(act(bench.runtime, { kind: 'start', target })).rejects.toMatchObject({
    code: 'PROGRAM_MISSING',
    message: expect.stringContaining('No such file or directory.'),
  });
});

function act(runtime: Runtime, step: RuntimeStep) {
  return runtime.perform(step, new Map(), never());
}

async function readLog(runtime: Runtime, name: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const { text } of runtime.logs(name, { follow: false }, never())) lines.push(text);
  return lines;
}

function never(): AbortSignal {
  return AbortSignal.timeout(60_000);
}
