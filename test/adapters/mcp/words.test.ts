import { expect, test } from 'vitest';
import { formatFailure } from '../../../src/adapters/mcp/failure.ts';
import { send, startLegacyServer } from '../../fixtures/mcp/legacy-server.ts';
import { listenHttp } from '../../fixtures/mcp/listen.ts';
import { never, openTestProber } from '../../fixtures/mcp/prober.ts';
import { toTarget } from '../../fixtures/mcp/target.ts';

const PLANTED = 'planted-secret';
const call = { name: 'read', arguments: {}, expect: 'good' };
const error = { code: -32_602, message: PLANTED };
const answered = (isError: boolean): object => ({
  result: { content: [{ type: 'text', text: PLANTED }], isError },
});

function serveStatus(statusText: string): Promise<string> {
  return listenHttp((_request, response) => response.writeHead(500, statusText).end());
}

/** What a check says of a server whose tool answers like this. */
async function messageOf(answer: object, discreet: boolean): Promise<string> {
  const server = await startLegacyServer();
  server.intercept = ({ id, method }, response) => {
    if (method !== 'tools/call') return false;
    send(response, 200, { jsonrpc: '2.0', id, ...answer });
    return true;
  };
  const target = toTarget(server.url, { call });
  const told = discreet ? ({ ...target, discreet: true } as const) : target;
  return JSON.stringify(await openTestProber().verify(told, never));
}

test.each([
  ['in the result of a call', answered(false), 'answered something else'],
  ['in the error of a tool', answered(true), 'ended with an error'],
  ['in an error of the protocol', { error }, 'answered with error -32602'],
])('what a server that gets secrets says %s is not told', async (_where, answer, told) => {
  const message = await messageOf(answer, true);
  expect(message).toContain(told);
  expect(message).not.toContain(PLANTED);
  expect(await messageOf(answer, false)).toContain(PLANTED);
});

test('the words beside the status of a server that gets secrets are not told', async () => {
  const target = toTarget(await serveStatus(PLANTED));
  const last = { outcome: 'verified', era: 'modern' } as const;
  const check = openTestProber();
  const discreet = { ...target, discreet: true } as const;
  const silent = { outcome: 'failed', message: 'answered 500 at /mcp' };
  expect(await check.verify(discreet, never)).toEqual(silent);
  expect(await check.probe(discreet, last, never)).toEqual(silent);
  const spoken = { message: `answered 500 ${PLANTED} at /mcp` };
  expect(await check.verify(target, never)).toMatchObject(spoken);
  // These words are our own router's, which knows no value.
  expect(await check.verify({ ...discreet, remote: true }, never)).toMatchObject(spoken);
});

test('no more than the beginning of long words beside a status is told', async () => {
  const target = toTarget(await serveStatus('x'.repeat(5_000)));
  const message = `answered 500 ${'x'.repeat(100)}… at /mcp`;
  expect(await openTestProber().verify(target, never)).toEqual({ outcome: 'failed', message });
});

test('no more than the beginning of an unknown error is told, in one line', () => {
  const cause = new Error(`some\nwords ${'x'.repeat(5_000)}`);
  const message = formatFailure(new TypeError('fetch failed', { cause }), 'http://127.0.0.1:1/mcp');
  expect(message).toBe(`no connection to 127.0.0.1:1: some words ${'x'.repeat(189)}…`);
});
