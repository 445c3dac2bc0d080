import { expect, test } from 'vitest';
import type { Runtime, SecretValues } from '../../../src/ports.ts';
import { never } from '../../contract/runtime/bench.ts';
import { describeInstances } from '../../contract/runtime.ts';
import { createStep } from '../../helpers/services.ts';
import { openTestRuntime } from './open-test-runtime.ts';

describeInstances(async () => {
  const { runtime, makeService } = await openTestRuntime();
  return {
    runtime,
    makeService,
    facts: async ({ url }) => {
      await fetch(`${url}/mcp`);
      return { environment: {}, arguments: [] };
    },
    print: notHere,
    crash: notHere,
    close: () => runtime.close(),
  };
});

function notHere(): never {
  throw new Error('nothing runs here');
}

const REFERENCE = '/mcp/far#TOKEN';
const HEADERS = { authorization: { secret: REFERENCE, prefix: 'Bearer ' }, 'x-team': 'search' };

async function observed(runtime: Runtime) {
  const seen = await runtime.observe({ deep: true }, never());
  if (!seen.ok) throw new Error(seen.cause);
  return seen.instances;
}

test('a secret reaches the server behind its prefix, also after a restart, and no observation', async () => {
  const { runtime, makeService } = await openTestRuntime();
  const step = createStep(makeService('far', { spec: { headers: HEADERS } }));
  const { target } = step;
  await runtime.perform(step, new Map([[REFERENCE, 'planted-value']]), never());
  for (const _ of ['first', 'second']) {
    await runtime.perform({ kind: 'start', target }, new Map(), never());
    const [{ url = '' } = {}] = await observed(runtime);
    const seen = await (await fetch(`${url}/mcp`)).json();
    expect(seen).toMatchObject({
      headers: { authorization: 'Bearer planted-value', 'x-team': 'search' },
    });
    expect(JSON.stringify(await observed(runtime))).not.toContain('planted-value');
    await runtime.perform({ kind: 'stop', target, graceMs: 0 }, new Map(), never());
  }
});

test.each<[string, SecretValues]>([
  ['SECRET_MISSING', new Map()],
  ['SECRET_REFUSED', new Map([[REFERENCE, 'planted\nvalue']])],
])('nothing is made without a value that a header can carry: %s', async (code, values) => {
  const { runtime, makeService } = await openTestRuntime();
  const step = createStep(makeService('far', { spec: { headers: HEADERS } }));
  await expect(runtime.perform(step, values, never())).rejects.toMatchObject({
    code,
    message: expect.not.stringContaining('planted'),
  });
  expect(await observed(runtime)).toEqual([]);
});

test('the instances outlive who made them, and are told again by the program', async () => {
  const { runtime, reopen, makeService } = await openTestRuntime();
  await runtime.perform(createStep(makeService('far')), new Map(), never());
  const before = await observed(runtime);
  await runtime.close();
  expect(await observed(reopen())).toEqual(before);
});

test('another manager allows other addresses: that is a drift', async () => {
  const { runtime, reopen, makeService } = await openTestRuntime();
  await runtime.perform(createStep(makeService('far')), new Map(), never());
  expect(await observed(reopen([]))).toMatchObject([
    { drift: [{ path: 'allowedRemoteAddresses', expected: 'none', actual: '127.0.0.0/8' }] },
  ]);
});

test('without the program there is nothing, and nothing can be made', async () => {
  const { runtime, router, makeService } = await openTestRuntime();
  await runtime.perform(createStep(makeService('far')), new Map(), never());
  await router.close();
  expect(await observed(runtime)).toEqual([]);
  await expect(
    runtime.perform(createStep(makeService('far')), new Map(), never()),
  ).rejects.toMatchObject({ code: 'ROUTER_UNAVAILABLE' });
});

test('asked for its output it says that there is none', async () => {
  const { runtime } = await openTestRuntime();
  const lines = runtime.logs('mcp-far-1', { follow: false }, never());
  await expect(lines[Symbol.asyncIterator]().next()).rejects.toMatchObject({
    code: 'NOT_SUPPORTED',
    message: 'mcp-far-1 runs elsewhere: there is no output of it here',
  });
});
