import { expect, test } from 'vitest';
import type { Verify } from '../../../src/model/service.ts';
import { send, startLegacyServer } from '../../fixtures/mcp/legacy-server.ts';
import { never, openTestProber } from '../../fixtures/mcp/prober.ts';
import { toTarget } from '../../fixtures/mcp/target.ts';

/** A server whose tool `read` answers like this; the result of its verification with the call. */
async function verifyWith(answer: object, call: Verify['call'] & object) {
  const server = await startLegacyServer();
  server.intercept = ({ id, method }, response) => {
    if (method !== 'tools/call') return false;
    send(response, 200, { jsonrpc: '2.0', id, ...answer });
    return true;
  };
  const result = await openTestProber().verify(toTarget(server.url, { call }), never);
  return { server, result };
}

const readMe = { name: 'read', arguments: { file: 'me' } };
const answered = (text: string, isError = false): object => ({
  result: { content: [{ type: 'text', text }], isError },
});

test('a call that answers without an error passes', async () => {
  const { server, result } = await verifyWith(answered('some text'), readMe);
  expect(result).toMatchObject({ outcome: 'verified', tools: ['read', 'write'] });
  expect(server.calls.filter((call) => call === 'tools/call')).toHaveLength(1);
});

test('a call that answers what is expected passes', async () => {
  const { result } = await verifyWith(answered('line\nsome text'), { ...readMe, expect: 'some' });
  expect(result.outcome).toBe('verified');
});

test.each([
  [
    answered('else\u001b[31m\nwhere'),
    /^the call of read answered something else: else\[31m where$/,
  ],
  [answered('no disk', true), /^the call of read ended with an error: no disk$/],
  [{ error: { code: -32_602, message: 'no file' } }, /^answered with error -32602: .*no file$/],
])('a call that answers %j fails the check, and why is told', async (answer, message) => {
  const { result } = await verifyWith(answer, { ...readMe, expect: 'some' });
  expect(result).toEqual({ outcome: 'failed', message: expect.stringMatching(message) });
});

test('a call of a tool that is not listed is not made', async () => {
  const { server, result } = await verifyWith(answered(''), { name: 'erase', arguments: {} });
  expect(result).toEqual({ outcome: 'failed', message: 'does not list the tools erase' });
  expect(server.calls).not.toContain('tools/call');
});

test('a call by hand of a tool that is not listed is not made, and a mistake of who asks', async () => {
  const server = await startLegacyServer();
  const call = { name: 'erase', arguments: {} };
  const failure = openTestProber().callTool(toTarget(server.url), call, never);
  await expect(failure).rejects.toMatchObject({
    code: 'TOOL_UNKNOWN',
    message: expect.stringContaining('does not list the tool erase'),
  });
  expect(server.calls).not.toContain('tools/call');
});

test('probes make no call', async () => {
  const { server, result } = await verifyWith(answered('some text'), readMe);
  await openTestProber().probe(toTarget(server.url, { call: readMe }), result, never);
  expect(server.calls.filter((call) => call === 'tools/call')).toHaveLength(1);
});
