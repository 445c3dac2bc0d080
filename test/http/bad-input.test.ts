import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import type { Control } from '../../src/control.ts';
import { AppError, type ErrorCode } from '../../src/errors.ts';
import { createApp } from '../../src/http/app.ts';
import { listenOnPort } from '../../src/http/listen.ts';
import { ACCESS } from '../../src/model/access.ts';
import { eventually } from '../helpers/eventually.ts';
import { createFakeControl, type FakeControl } from './fake-control.ts';

// Planted in what is sent: it may come back to who sent it, and stands in no log.
const SECRET = 'planted-3f9a';

const routes = Object.keys(ACCESS).filter((route) => / \/v1\//.test(route));
const writing = routes.filter((route) => /^(POST|PUT|PATCH) /.test(route));
const named = routes.filter((route) => route.includes(':name'));
const HEADERS = { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' };

function open(replaced: Partial<Control> = {}) {
  const control = createFakeControl(replaced);
  const logged: unknown[] = [];
  const note = (...words: unknown[]): void => void logged.push(words);
  const log = { debug: note, info: note, warn: note, error: note };
  const guard = { allowedHosts: [], corsOrigins: [] };
  const app = createApp({ control, log, version: '1', guard });
  onTestFinished(async () => {
    await app.close();
  });
  return { app, control, logged: () => JSON.stringify(logged) };
}

type Opened = ReturnType<typeof open>;

interface Answer {
  readonly status: number;
  readonly type: string | undefined;
  readonly text: string;
}

async function send({ app }: Opened, route: string, payload?: string | Buffer): Promise<Answer> {
  const [method = '', pattern = ''] = route.split(' ');
  const url = pattern.replace(':name', 'echo').replace(':id', 'p-1').replace(':template', 'echo');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the methods of the table
  const plain = { method: method as 'POST', url, headers: { ...HEADERS, host: 'localhost' } };
  const sent = payload === undefined ? plain : { ...plain, payload };
  const response = await app.inject(sent);
  return {
    status: response.statusCode,
    type: response.headers['content-type'],
    text: response.body,
  };
}

function expectProblem(answer: Answer, statuses: readonly number[]) {
  expect(statuses).toContain(answer.status);
  expect(answer.type).toContain('application/problem+json');
  const problem: unknown = JSON.parse(answer.text);
  expect(problem).toMatchObject({ status: answer.status, code: expect.any(String) });
  expect(answer.text).not.toMatch(/\.ts:|node_modules|at .*\(/);
}

const nested = (levels: number): string => '{"a":'.repeat(levels) + '1' + '}'.repeat(levels);
const UNREADABLE: readonly (readonly [string, string | Buffer])[] = [
  ['no JSON', `{"${SECRET}`],
  ['what is nested 100,000 times', nested(100_000)],
  ['what is nested 100 times', nested(100)],
  ['a byte that is no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
  ['a key that would change objects', `{"__proto__":{"admin":"${SECRET}"}}`],
  ['a list', `["${SECRET}"]`],
  ['a number', '17'],
  ['a text', `"${SECRET}"`],
];

test.each(writing)(
  '%s refuses every body that is none, asks for nothing, and logs nothing',
  async (route) => {
    const opened = open();
    for (const [, body] of UNREADABLE) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other, so that a failure names its body
      expectProblem(await send(opened, route, body), [400]);
    }
    expectProblem(await send(opened, route, Buffer.alloc(40_000_000, 'a')), [413]);
    expect(opened.control.calls).toEqual([]);
    expect(opened.logged()).toBe('[]');
  },
);

test.each(writing.filter((route) => !route.includes('/v1/apply')))(
  '%s refuses a body of 10 MB',
  async (route) => {
    const opened = open();
    expectProblem(await send(opened, route, `{"a":"${'x'.repeat(10_000_000)}"}`), [413]);
    expect(opened.control.calls).toEqual([]);
  },
);

test.each(writing)(
  '%s answers an empty body, and one with unknown keys, without failing',
  async (route) => {
    const opened = open();
    for (const body of ['', `{"${SECRET}":1}`]) {
      const answer = await send(opened, route, body);
      if (answer.status >= 300) expectProblem(answer, [400, 404, 409, 422]);
    }
    expect(opened.logged()).not.toContain(SECRET);
  },
);

const TRICKS = [
  '..',
  '%2e%2e',
  '..%2f..%2fetc%2fpasswd',
  'echo%2f..%2fother',
  '%00',
  'a%0d%0aX-Evil:%201',
  'ECHO',
  '%EF%BD%85cho',
  '%D0%B5cho',
  'a'.repeat(300),
  '%zz',
  '%ff',
  '-echo',
];

test.each(named)('%s takes no trick for a name', async (route) => {
  const opened = open();
  const url = await listenOnPort(opened.app, { host: '127.0.0.1', port: 0 });
  for (const trick of TRICKS) {
    const answer = await sendRaw(url, route.replace(':name', trick));
    expectProblem(answer, [400, 404, 414]);
  }
  expect(opened.control.calls).toEqual([]);
  expect(opened.logged()).toBe('[]');
});

/** With the path as it is: neither `fetch` nor `inject` sends `..`. */
async function sendRaw(base: string, route: string): Promise<Answer> {
  const [method = '', path = ''] = route.split(' ');
  const { hostname, port } = new URL(base);
  const asked = request({ hostname, port, method, path, headers: HEADERS });
  asked.end(method === 'GET' ? undefined : '{}');
  const [response]: IncomingMessage[] = await once(asked, 'response');
  if (!response) throw new Error('no answer came');
  const { statusCode: status = 0, headers } = response;
  return { status, type: headers['content-type'], text: await text(response) };
}

/** Every question fails in this way. */
function failing(code: ErrorCode): Partial<Control> {
  const fail = (): never => {
    throw new AppError(code, 'it is gone', { cause: new Error(SECRET) });
  };
  const methods = Object.keys(createFakeControl()).filter((key) => key !== 'calls');
  return Object.fromEntries(methods.map((method) => [method, fail]));
}

test.each(['STATE_UNWRITABLE', 'RUNTIME_UNAVAILABLE', 'BROKER_UNAVAILABLE'] as const)(
  'where everything fails with %s each route says so with 503 and our code, and nothing of the inside',
  async (code) => {
    const opened = open(failing(code));
    // What routers ask names the service in headers of theirs, and is tried apart.
    for (const route of routes.filter((one) => one !== 'GET /v1/auth')) {
      const answer = await send(opened, route, bodyFor(route));
      if (answer.status < 300 || answer.status === 404) continue;
      expect([route, answer.status]).toEqual([route, 503]);
      expectProblem(answer, [503]);
      expect(JSON.parse(answer.text), route).toMatchObject({ code });
      expect(answer.text).not.toContain(SECRET);
    }
    expect(opened.logged()).toBe('[]');
  },
);

function bodyFor(route: string): string | undefined {
  if (!writing.includes(route)) return undefined;
  return JSON.stringify(BODIES[route] ?? {});
}

const BODIES: Readonly<Record<string, unknown>> = {
  'POST /v1/apply': { wait: false, by: 'ada' },
  'POST /v1/commands': { kind: 'restart', service: 'echo', by: 'ada' },
  'POST /v1/services/:name/tools/call': { tool: 'echo', arguments: {} },
  'POST /v1/services/:name/transfer': { to: 'api' },
  'POST /v1/imports/draft': { container: 'a', service: 'echo' },
  'POST /v1/imports': { container: 'a', service: 'echo' },
};

test('who leaves in the middle of a body changes nothing and leaves nothing open', async () => {
  const { app, control } = open();
  const url = await listenOnPort(app, { host: '127.0.0.1', port: 0 });
  const half = (end: 'end' | 'destroy') => leaveHalfway(url, end);
  await Promise.all(Array.from({ length: 100 }, (_, at) => half(at % 2 === 0 ? 'end' : 'destroy')));
  await eventually(() => expect(openConnections(app)).resolves.toBe(0));
  expect(changes(control)).toEqual([]);
  expect((await fetch(`${url}/v1/services`)).status).toBe(200);
});

/** Half of a body, then the end of the sending side, or of all. */
async function leaveHalfway(url: string, end: 'end' | 'destroy'): Promise<void> {
  const { hostname, port } = new URL(url);
  const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true });
  socket.on('error', () => {});
  const head = `PUT /v1/services/echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n`;
  socket.write(`${head}Content-Length: 1000\r\n\r\n{"image":`);
  await once(socket, 'connect');
  // Gone only once the server has begun to read.
  await pause(20);
  socket[end]();
  socket.resume();
  const closed = once(socket, 'close');
  if (end === 'end') socket.once('end', () => socket.destroy());
  await closed;
}

function openConnections(app: Opened['app']): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  app.server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
  return promise;
}

function changes({ calls }: FakeControl): readonly string[] {
  const reads = new Set<string>(['status', 'health']);
  return calls.map(([method]) => method).filter((method) => !reads.has(method));
}
