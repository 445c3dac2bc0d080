import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openEngine, type EngineOptions } from '../../../src/adapters/podman/engine.ts';
import { startEngineProxy } from '../../helpers/engine-proxy.ts';
import { eventually } from '../../helpers/eventually.ts';
import { createTempFolder } from '../../helpers/temp-folder.ts';

test('a call of either API is answered, and what is in its body stands in no address', async () => {
  const { engine, proxy } = await openBehindProxy((request, answer) => {
    answer.writeHead(201, { 'Content-Type': 'application/json' });
    answer.end(JSON.stringify({ Id: 'made', url: request.url }));
  });
  const body = { Image: 'one', Env: ['TOKEN=planted-value'] };
  const made = await engine.docker({ ...call(), what: 'create one' }, (docker, abortSignal) =>
    docker.createContainer(Object.assign({ _query: { name: 'one' }, _body: body, abortSignal })),
  );
  expect(made.id).toBe('made');
  await engine.libpod(call(), { method: 'POST', path: '/x', query: { all: true }, body });
  expect(proxy.requests.map(({ path }) => path)).toEqual([
    '/containers/create?name=one',
    '/v4.0.0/libpod/x?all=true',
  ]);
  expect(proxy.requests.map((request) => JSON.parse(request.body))).toEqual([body, body]);
});

test('without a body none is sent, and "already so" is an answer', async () => {
  const { engine, proxy } = await openBehindProxy((_request, answer) => {
    answer.writeHead(304).end();
  });
  await engine.libpod(call(), { method: 'POST', path: '/containers/one/start', query: { t: 1 } });
  expect(proxy.requests).toMatchObject([{ body: '' }]);
});

test('there are never more calls at once than slots, and looking comes before ending', async () => {
  const open: (() => void)[] = [];
  const seen: string[] = [];
  const { engine } = await openBehindProxy(
    (request, answer) => {
      seen.push(request.url ?? '');
      open.push(() => answer.end('{}'));
    },
    { slots: 2 },
  );
  const get = (path: string, urgency: 'look' | 'run' | 'end') =>
    engine.libpod({ ...call(), urgency }, { method: 'GET', path });
  const all = [
    get('/1', 'run'),
    get('/2', 'run'),
    get('/end', 'end'),
    get('/run', 'run'),
    get('/look', 'look'),
  ];
  for (const path of ['/look', '/run', '/end']) {
    await eventually(() => expect(open).toHaveLength(2));
    open.shift()?.();
    await eventually(() => expect(seen.at(-1)).toMatch(new RegExp(`${path}$`)));
  }
  expect(seen).toHaveLength(5);
  for (const answer of open) answer();
  await Promise.all(all);
});

test('a call in which the engine waits for a program holds no slot for long', async () => {
  const { engine, proxy } = await openBehindProxy(
    (request, answer) => {
      if (request.url?.includes('/json')) answer.end('{}');
    },
    { slots: 1 },
  );
  const stopping = new AbortController();
  const stop = engine.libpod(
    { signal: stopping.signal, what: 'stop one', lingers: true },
    { method: 'POST', path: '/containers/one/stop' },
  );
  await eventually(() => expect(proxy.requests).toHaveLength(1));
  await engine.libpod(call(), { method: 'GET', path: '/containers/json' });
  stopping.abort();
  await expect(stop).rejects.toMatchObject({ code: 'TIMED_OUT' });
  // It has given its slot back once and not twice.
  const held = new AbortController();
  const one = engine.libpod(
    { ...call(), signal: held.signal },
    { method: 'GET', path: '/containers/one' },
  );
  const waiting = engine.libpod(
    { ...call(), signal: held.signal },
    { method: 'GET', path: '/containers/json' },
  );
  held.abort();
  await expect(one).rejects.toMatchObject({ message: expect.stringContaining('was given up') });
  await expect(waiting).rejects.toMatchObject({ message: expect.stringContaining('before') });
});

test('a call that waits for its slot can be given up, and asks nothing later', async () => {
  const { engine, proxy } = await openBehindProxy(() => {}, { slots: 1 });
  const first = new AbortController();
  const second = new AbortController();
  const running = engine.libpod({ ...call(), signal: first.signal }, { method: 'GET', path: '/1' });
  const waiting = engine.libpod(
    { ...call(), signal: second.signal },
    { method: 'GET', path: '/2' },
  );
  second.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'TIMED_OUT' });
  await eventually(() => expect(proxy.requests).toHaveLength(1));
  first.abort();
  await expect(running).rejects.toMatchObject({ code: 'TIMED_OUT' });
  expect(proxy.requests).toHaveLength(1);
});

test('an engine that hangs is unavailable after the deadline', async () => {
  const { engine } = await openBehindProxy(() => {}, { deadlineMs: 100 });
  const asked = engine.libpod(call(), { method: 'GET', path: '/x' });
  await expect(asked).rejects.toMatchObject({
    code: 'ENGINE_UNAVAILABLE',
    message: expect.stringContaining('did not answer within 1 s'),
  });
  const opened = engine.stream(call(), { method: 'GET', path: '/events' });
  await expect(opened).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
});

test('an answer that is cut in its middle is an outage at once, not a wait for the deadline', async () => {
  const { engine, proxy } = await openBehindProxy((_request, answer) => {
    answer.end(JSON.stringify({ long: 'x'.repeat(1_000) }));
  });
  proxy.inject(() => true, { kind: 'truncate' });
  const listed = engine.docker(call(), (docker, abortSignal) =>
    docker.listContainers({ abortSignal }),
  );
  await expect(listed).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE', reason: 'ECONNRESET' });
});

test('a kept connection that the engine closed is no failure where asking twice does no harm', async () => {
  const { engine, proxy } = await openBehindProxy((_request, answer) => answer.end('{}'));
  const cutOnce = () => {
    let cuts = 0;
    proxy.inject(() => ++cuts === 1, { kind: 'cut', when: 'before' });
  };
  cutOnce();
  await engine.libpod(call(), { method: 'GET', path: '/x' });
  expect(proxy.requests).toHaveLength(2);
  cutOnce();
  const posted = engine.libpod(call(), { method: 'POST', path: '/x' });
  await expect(posted).rejects.toMatchObject({ reason: 'ECONNRESET' });
  expect(proxy.requests).toHaveLength(3);
});

test('what the engine refuses keeps its status and its innermost words', async () => {
  const { engine } = await openBehindProxy((_request, answer) => {
    answer.writeHead(500, { 'Content-Type': 'application/json' });
    answer.end(JSON.stringify({ cause: 'name in use', message: 'creating: name in use' }));
  });
  const refused = engine.libpod(
    { ...call(), what: 'create one' },
    { method: 'POST', path: '/x', body: { Env: ['TOKEN=planted-value'] } },
  );
  await expect(refused).rejects.toMatchObject({
    code: 'ENGINE_FAILED',
    status: 500,
    reason: 'name in use',
    message: 'create one: the engine answered 500: creating: name in use',
  });
});

test.each([
  ['ENOENT', async () => {}],
  ['ECONNREFUSED', async (socket: string) => await leaveDeadSocket(socket)],
])('a socket without an engine (%s) is told with the way out', async (reason, prepare) => {
  const socket = join(await createTempFolder(), 'none.sock');
  await prepare(socket);
  const engine = openEngine({ socket });
  onTestFinished(() => engine.close());
  const asked = engine.libpod(call(), { method: 'GET', path: '/_ping' });
  await expect(asked).rejects.toMatchObject({
    code: 'ENGINE_UNAVAILABLE',
    reason,
    message: expect.stringContaining(socket),
    hint: expect.stringContaining('podman system service'),
  });
});

test('an address of another engine in the environment of docker changes nothing', async () => {
  vi.stubEnv('DOCKER_HOST', 'tcp://127.0.0.1:1');
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const { engine } = await openBehindProxy((_request, answer) => answer.end('{"asked":true}'));
  expect(await engine.libpod(call(), { method: 'GET', path: '/x' })).toEqual({ asked: true });
});

test('a stream is read as it comes and ends with its signal', async () => {
  const { engine } = await openBehindProxy((_request, answer) => {
    answer.write('one\n');
  });
  const reading = new AbortController();
  const stream = await engine.stream(
    { ...call(), signal: reading.signal },
    { method: 'GET', path: '/events' },
  );
  const [chunk] = await once(stream, 'data');
  expect(String(chunk)).toBe('one\n');
  const ended = once(stream, 'close').catch(() => undefined);
  reading.abort();
  await ended;
});

async function openBehindProxy(listener: RequestListener, options: Partial<EngineOptions> = {}) {
  const upstream = join(await createTempFolder(), 'upstream.sock');
  const server = createServer(listener).listen(upstream);
  await once(server, 'listening');
  const proxy = await startEngineProxy({ socket: upstream });
  const engine = openEngine({ socket: proxy.socket, ...options });
  onTestFinished(() => {
    engine.close();
    server.closeAllConnections();
    server.close();
  });
  return { engine, proxy };
}

function call() {
  return { signal: new AbortController().signal, what: 'ask' };
}

/** A socket file whose listener is gone, as a killed engine leaves it. */
async function leaveDeadSocket(socket: string): Promise<void> {
  const { spawnSync } = await import('node:child_process');
  const program = `require('net').createServer().listen(${JSON.stringify(socket)}, () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', program]);
}
