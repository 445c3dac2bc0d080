import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { createApp } from '../../src/http/app.ts';
import { listenOnPort } from '../../src/http/listen.ts';
import { createFakeControl } from './fake-control.ts';

/** Far below what a client has, so that the test need not wait for that. */
const SHORT_MS = 100;
const log = { debug() {}, info() {}, warn() {}, error() {} };
const HEAD = 'PUT /v1/services/echo HTTP/1.1\r\nHost: localhost\r\n';

const BEGUN = [
  `${HEAD}Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{`,
  `${HEAD}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n`,
  HEAD,
];

test('whoever begins a request and sends no more is answered and let go, and nothing is done', async () => {
  const control = createFakeControl();
  const app = createApp({ control, log, version: '1' });
  onTestFinished(async () => {
    await app.close();
  });
  const { port } = new URL(await listenOnPort(app, { host: '127.0.0.1', port: 0 }));
  app.server.requestTimeout = SHORT_MS;
  app.server.headersTimeout = SHORT_MS;
  const answers = await Promise.all(BEGUN.map((begun) => sendNoMore(port, begun)));
  for (const answer of answers) {
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 408 /);
    expect(JSON.parse(body)).toMatchObject({ status: 408, code: 'REQUEST_INVALID' });
  }
  expect(control.calls).toEqual([]);
});

/** What is answered until the other side ends it. */
async function sendNoMore(port: string, begun: string): Promise<string> {
  const socket = connect(Number(port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write(begun);
  return text(socket);
}
