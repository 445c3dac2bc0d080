import { expect, test } from 'vitest';
import { answerStatus, hang } from '../../fixtures/mcp/bad-servers.ts';
import { send, startLegacyServer } from '../../fixtures/mcp/legacy-server.ts';
import { listenHttp, listenTcp } from '../../fixtures/mcp/listen.ts';
import { startSample } from '../../fixtures/mcp/program.ts';
import { never, openTestProber } from '../../fixtures/mcp/prober.ts';
import { toTarget } from '../../fixtures/mcp/target.ts';
import { eventually } from '../../helpers/eventually.ts';

test.each([401, 403])('takes %i for alive and in want of credentials', async (status) => {
  const url = await listenHttp(answerStatus(status));
  const result = await openTestProber().verify(toTarget(url), never);
  expect(result).toMatchObject({ outcome: 'needs-auth' });
});

test('finds the modern era and its tools, sorted, with a hash that stays the same', async () => {
  const { url } = await startSample('echo');
  const prober = openTestProber();
  const first = await prober.verify(toTarget(url), never);
  expect(first).toMatchObject({ outcome: 'verified', era: 'modern', tools: ['echo', 'info'] });
  expect(await prober.verify(toTarget(url), never)).toEqual(first);
});

test.each([
  ['JSON', false],
  ['event streams', true],
])(
  'finds the legacy era of a server that answers in %s and leaves no session',
  async (_in, streams) => {
    const server = await startLegacyServer({ streams });
    const result = await openTestProber().verify(toTarget(server.url), never);
    expect(result).toMatchObject({ outcome: 'verified', era: 'legacy', tools: ['read', 'write'] });
    await eventually(() => expect(server.calls).toContain('DELETE'));
    expect(server.sessions.size).toBe(0);
  },
);

test('names the tools that are missing', async () => {
  const server = await startLegacyServer();
  const target = toTarget(server.url, { tools: ['read', 'erase', 'lock'] });
  const result = await openTestProber().verify(target, never);
  const message = 'does not list the tools erase, lock';
  expect(result).toEqual({ outcome: 'failed', message });
});

test('tells the error that the server gave', async () => {
  const server = await startLegacyServer();
  server.intercept = ({ id, method }, response) => {
    if (method !== 'tools/list') return false;
    const error = { code: -32603, message: 'the database\nis away' };
    send(response, 200, { jsonrpc: '2.0', id, error });
    return true;
  };
  const result = await openTestProber().verify(toTarget(server.url), never);
  expect(result).toEqual({
    outcome: 'failed',
    message: 'answered with error -32603: the database is away',
  });
});

test.each(['initialize', 'tools/list'])(
  'leaves no session at a server that hangs in the body of %s',
  async (hanging) => {
    const server = await startLegacyServer();
    server.intercept = ({ method }, response) => {
      if (method === hanging)
        response.writeHead(200, { 'content-type': 'application/json' }).write(' ');
      return method === hanging;
    };
    const target = toTarget(server.url, { timeoutMs: 200 });
    const result = await openTestProber().verify(target, never);
    expect(result).toEqual({ outcome: 'failed', message: 'no answer within 0.2s' });
    await eventually(() => expect(server.calls).toContain('DELETE'));
    expect(server.sessions.size).toBe(0);
  },
);

test('follows a server that redirects within itself, and ends the session there', async () => {
  const server = await startLegacyServer({ moved: true });
  const result = await openTestProber().verify(toTarget(server.url), never);
  expect(result).toMatchObject({ outcome: 'verified', era: 'legacy' });
  await eventually(() => expect(server.calls).toContain('DELETE'));
  expect(server.sessions.size).toBe(0);
});

test('ends at once when it is stopped', async () => {
  const url = await listenHttp(hang);
  const stopped = new AbortController();
  const check = openTestProber().verify(toTarget(url, { timeoutMs: 60_000 }), stopped.signal);
  stopped.abort();
  expect(await check).toEqual({ outcome: 'failed', message: 'the check was stopped' });
});

test('leaves no connection open', async () => {
  let open = 0;
  const url = await listenTcp((socket) => {
    open++;
    socket.once('close', () => open--);
    socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'));
  });
  expect(await openTestProber().verify(toTarget(url), never)).toMatchObject({ outcome: 'failed' });
  // A kept connection would stay for seconds.
  await eventually(() => expect(open).toBe(0));
});
