import { expect, test } from 'vitest';
import { answerStatus, hang } from '../../fixtures/mcp/bad-servers.ts';
import { closedUrl, listenHttp, listenTcp } from '../../fixtures/mcp/listen.ts';
import { never, openTestProber } from '../../fixtures/mcp/prober.ts';
import { toTarget } from '../../fixtures/mcp/target.ts';

test.each([
  [200, 'verified'],
  [204, 'verified'],
  [301, 'verified'],
  [401, 'needs-auth'],
  [403, 'needs-auth'],
  [404, 'failed'],
  [405, 'failed'],
  [500, 'failed'],
])('http: %i is %s', async (status, outcome) => {
  const url = await listenHttp(answerStatus(status));
  const target = toTarget(url, { kind: 'http', path: '/health' });
  expect(await openTestProber().verify(target, never)).toMatchObject({ outcome });
  expect(await openTestProber().probe(target, { outcome: 'verified' }, never)).toMatchObject({
    outcome,
  });
});

test('http: a server that hangs fails in time', async () => {
  const target = toTarget(await listenHttp(hang), { kind: 'http', timeoutMs: 200 });
  expect(await openTestProber().verify(target, never)).toEqual({
    outcome: 'failed',
    message: 'no answer within 0.2s',
  });
});

test('tcp: a port that listens is verified, a closed one is not', async () => {
  const prober = openTestProber();
  const open = toTarget(await listenTcp(() => undefined), { kind: 'tcp' });
  expect(await prober.verify(open, never)).toEqual({ outcome: 'verified' });
  const closed = toTarget(await closedUrl(), { kind: 'tcp' });
  expect(await prober.verify(closed, never)).toMatchObject({
    outcome: 'failed',
    message: expect.stringMatching(/^nothing listens on /),
  });
});

test('none: verified without a request', async () => {
  const target = toTarget(await closedUrl(), { kind: 'none' });
  expect(await openTestProber().verify(target, never)).toEqual({ outcome: 'verified' });
});
