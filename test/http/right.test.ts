import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Authentication } from '../../src/access-ports.ts';
import { watchRight } from '../../src/http/right.ts';
import type { Identity } from '../../src/model/access.ts';

const IDENTITY: Identity = { kind: 'token', id: 't', name: 't', role: 'write', workspace: 'w1' };
const KNOWN: Authentication = { kind: 'known', identity: IDENTITY };
const HOUR_MS = 3_600_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A watch over a token of which these answers are given in turn, the last one again and again. */
function watch(...answers: readonly (() => Authentication)[]) {
  return watchOf(IDENTITY, answers);
}

function watchOf(identity: Identity, answers: readonly (() => Authentication)[]) {
  const gone = new AbortController();
  let asked = 0;
  const authenticator = {
    authenticate: async () => (answers[asked++] ?? answers.at(-1))?.() ?? KNOWN,
    troubles: () => [],
  };
  const right = { authenticator, token: 'x', identity };
  return { gone, ended: watchRight(right, gone.signal), countAsked: () => asked };
}

test('a right that is watched for long holds no more than at first, and nothing once who has it is gone', async () => {
  const { gone, ended, countAsked } = watch(() => KNOWN);
  const listening = () => getEventListeners(gone.signal, 'abort').length;
  const atFirst = listening();
  await vi.advanceTimersByTimeAsync(HOUR_MS);
  expect(countAsked()).toBeGreaterThan(100);
  expect(listening()).toBe(atFirst);
  expect(ended.aborted).toBe(false);
  gone.abort();
  expect(vi.getTimerCount()).toBe(0);
});

test('a right outlasts a failure to say whether it is there still, and ends when it is not', async () => {
  const { ended, countAsked } = watch(
    fail,
    fail,
    () => KNOWN,
    () => ({ kind: 'unknown' }),
  );
  await vi.advanceTimersByTimeAsync(HOUR_MS);
  expect(countAsked()).toBe(4);
  expect(ended.reason).toMatchObject({ code: 'UNAUTHENTICATED' });
});

test.each([
  { role: 'read' },
  { role: 'admin' },
  { workspace: 'w2' },
  { workspace: undefined },
] as const)('a right that becomes %o ends what began with the former one', async (change) => {
  const { workspace, ...others } = { ...IDENTITY, ...change };
  const identity = { ...others, ...(workspace !== undefined && { workspace }) };
  const { ended } = watch(
    () => KNOWN,
    () => ({ kind: 'known', identity }),
  );
  await vi.advanceTimersByTimeAsync(HOUR_MS);
  expect(ended.reason).toMatchObject({
    code: 'UNAUTHENTICATED',
    message: expect.stringContaining('another role or workspace'),
  });
});

test('a right that ends soon is asked about as it ends', async () => {
  const identity = { ...IDENTITY, expiresAtMs: Date.now() + 1_000 };
  const { ended } = watchOf(identity, [() => ({ kind: 'expired' })]);
  await vi.advanceTimersByTimeAsync(999);
  expect(ended.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(ended.aborted).toBe(true);
});

function fail(): never {
  throw new Error('out of order');
}

test('a right that was given another end is asked about as ever', async () => {
  const identity = { ...IDENTITY, expiresAtMs: Date.now() + 1_000 };
  const { ended, countAsked } = watchOf(identity, [() => KNOWN]);
  await vi.advanceTimersByTimeAsync(HOUR_MS);
  expect(ended.aborted).toBe(false);
  expect(countAsked()).toBeLessThan(1_000);
});
