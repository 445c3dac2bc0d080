import { createServer, type RequestListener } from 'node:http';
import { createServer as createPlainServer, type Server } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { toAppError } from '../../src/cli/connection-error.ts';
import { createSend } from '../../src/cli/send-request.ts';
import { serveGuarded } from '../http/guarded-app.ts';
import { createFakeDocuments } from './fake-documents.ts';
import { runCommand } from './run-command.ts';

/** The port of a server on loopback. */
async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}

const serve = async (answer: RequestListener): Promise<string> =>
  `http://127.0.0.1:${await listen(createServer(answer))}`;

function answering(status: number, body = '', headers = {}): RequestListener {
  return (_request, response) => void response.writeHead(status, headers).end(body);
}

/** An answer that breaks off. */
const cut: RequestListener = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': 900 });
  response.write('{"managerId', () => response.destroy());
};

const LOGIN = '<html>login</html>';
const AWAY = { location: 'https://login.example.org/?state=planted' };

test.each([
  ['a login page', answering(200, LOGIN), 'the answer was 200, and no JSON'],
  ['a way to one', answering(302, LOGIN, AWAY), 'the answer was 302, and led elsewhere'],
  ['a way without words', answering(302, '', AWAY), 'the answer was 302, and led elsewhere'],
  ['another server', answering(404, '{"detail":"Not Found"}'), 'the answer was 404'],
  ['a proxy', answering(502, LOGIN), 'the answer was 502'],
  ['a login by the browser', answering(401, LOGIN), 'the answer was 401'],
  ['another API', answering(200, '{"hello":1}'), 'it says nothing of its health'],
  ['one that says null', answering(200, 'null'), 'it says nothing of its health'],
  ['one that says nothing', answering(204), 'it says nothing of its health'],
])('%s is told as no manager, with the address and what it answered', async (_, answer, words) => {
  const url = await serve(answer);
  for (const line of ['status', 'health', 'stop echo']) {
    const documents = createFakeDocuments({});
    const { out, err, code } = await runCommand(`${line} --server ${url}/`, { documents });
    expect(err).toContain(`MANAGER_UNREACHABLE what answers at ${url} is no manager: ${words}`);
    expect(err).toContain('is the address right');
    expect(err).not.toContain('planted');
    expect(out).toBe('');
    expect(code).toBe(1);
  }
});

test('an answer that breaks off is told as that, with the address and what to look at', async () => {
  const url = await serve(cut);
  const { err, code } = await runCommand(`status --server ${url}`);
  expect(err).toContain(`MANAGER_UNREACHABLE the answer of ${url} broke off in the middle`);
  expect(err).toContain('`mcp-manager status` says');
  expect(code).toBe(1);
});

test('an answer that does not end is given up', async () => {
  const url = await serve((_request, response) => void response.writeHead(200).write('{'));
  const { text } = await createSend()(`${url}/v1/plan`, { method: 'GET', headers: {} });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const reading = text();
  vi.advanceTimersByTime(120_000);
  await expect(reading).rejects.toMatchObject({
    code: 'TIMED_OUT',
    message: `the manager at ${url} did not end its answer to /v1/plan in 120000 ms`,
  });
});

test('a server that speaks no TLS, no HTTP or closes at once is told as that', async () => {
  const plain = await listen(createServer(answering(200, LOGIN)));
  const greeting = await listen(createPlainServer((socket) => void socket.end('SSH-2.0-x\r\n')));
  const closing = await listen(createPlainServer((socket) => void socket.destroy()));
  const told = [
    [`https://127.0.0.1:${plain}`, 'speaks no TLS (is it http:// there?)'],
    [`http://127.0.0.1:${greeting}`, 'speaks no HTTP'],
    [`http://127.0.0.1:${closing}`, '(ECONNRESET) (is the address right, also its http or https'],
  ] as const;
  for (const [url, words] of told) {
    const { err } = await runCommand(`status --server ${url}`);
    expect(err).toContain('MANAGER_UNREACHABLE');
    expect(err).toContain(`${url} ${words}`);
    expect(err).not.toContain('NODE_EXTRA_CA_CERTS');
  }
});

test('without a token it is said how one is given', async () => {
  const { url } = await serveGuarded();
  const { err } = await runCommand(`status --server ${url}`);
  expect(err).toContain('UNAUTHENTICATED this takes a token');
  expect(err).toContain('--token-file FILE or MCP_MANAGER_TOKEN_FILE');
});

test.each([
  ['CERT_HAS_EXPIRED', 'must be renewed there'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'a name that its certificate is for'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'NODE_EXTRA_CA_CERTS'],
])('of a certificate with %s the way out is told', (code, hint) => {
  const attempt = { url: 'https://m.example.org/v1', socketPath: undefined, begun: false };
  const told = toAppError(Object.assign(new Error('no'), { code }), attempt);
  expect(told).toMatchObject({ message: 'https://m.example.org is not trusted: no' });
  expect(told).toHaveProperty('hint', expect.stringContaining(hint));
});
