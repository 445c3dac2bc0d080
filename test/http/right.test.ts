import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Authentication } from '../../src/access-ports.ts';
import { watchRight } from '../../src/http/right.ts';

const IDENTITY = { kind: 'token', id: 't', name: 't', role: 'read' } as const;
const KNOWN: Authentication = { kind: 'known', identity: IDENTITY };
const HOUR_MS = 3_600_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A watch over a token of which these answers are given in turn, the last one again and again. */
function watch(...answers: readonly (() => Authentication)[]) {
  const gone = new AbortController();
  let asked = 0;
  const authenticator = {
    authenticate: async () => (answers[asked++] ?? answers.at(-1))?.() ?? KNOWN,
    troubles: () => [],
  };
  const right = { authenticator, token: 'x', identity: IDENTITY };
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

function fail(): never {
  throw new Error('out of order');
}
