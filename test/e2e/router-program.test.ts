import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import { createConnection, createServer } from 'node:net';
import type { Server } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { createTempFolder } from '../helpers/temp-folder.ts';
import { readStatus, routeTo } from '../programs/router/open-test-router.ts';
import { serveMirror, serveUpstream } from '../helpers/serve-upstream.ts';
import { startRouterProgram } from '../programs/router/start-router-program.ts';

test('it takes no new connection after SIGTERM and lets the open request finish', async () => {
  const { promise, resolve } = Promise.withResolvers<ServerResponse>();
  const upstream = await serveUpstream((_request, response) => resolve(response));
  const folder = await createTempFolder();
  const program = await startRouterProgram({ folder, routes: [routeTo('foo', [upstream.url])] });
  const port = await program.listening;
  const answer = fetch(`http://127.0.0.1:${String(port)}/mcp/foo`);
  const response = await promise;
  program.child.kill('SIGTERM');
  // By a bare connection: a request that is still taken would stay open as long as the first.
  await eventually(() => expect(connect(port)).rejects.toThrow('ECONNREFUSED'));
  response.end('finished');
  expect(await (await answer).text()).toBe('finished');
  expect(await program.ended).toEqual({ code: 0, stderr: '' });
});

test('it ends soon after its parent, open streams or not', async () => {
  const upstream = await serveUpstream((_request, response) => response.write('x'));
  const folder = await createTempFolder();
  const program = await startRouterProgram({ folder, routes: [routeTo('foo', [upstream.url])] });
  await fetch(`http://127.0.0.1:${String(await program.listening)}/mcp/foo`);
  const closedMs = performance.now();
  program.child.stdin.end();
  expect(await program.ended).toMatchObject({ code: 0 });
  expect(performance.now() - closedMs).toBeLessThan(5_000);
});

test('told to keep, it outlives the pipe to its parent', async () => {
  const upstream = await serveMirror();
  const folder = await createTempFolder();
  const routes = [routeTo('foo', [upstream.url])];
  const program = await startRouterProgram({ folder, routes, args: ['--keep'] });
  const port = await program.listening;
  program.child.stdin.destroy();
  await once(program.child.stdin, 'close');
  const answer = await fetch(`http://127.0.0.1:${String(port)}/mcp/foo`);
  expect(answer.status).toBe(200);
  expect((await readStatus(program.controlSocket)).pid).toBe(program.child.pid);
});

test('a port that another program holds ends it with code 3 and a plain message', async () => {
  const { port } = await holdPort();
  const folder = await createTempFolder();
  const program = await startRouterProgram({ folder, routes: [], port });
  program.listening.catch(() => undefined);
  expect(await program.ended).toEqual({
    code: 3,
    stderr: `127.0.0.1:${String(port)} is taken by another program\n`,
  });
});

test('it waits for our own router that is about to free the port', async () => {
  const folder = await createTempFolder();
  const holder = await holdPort();
  let asked = 0;
  const dying = createHttpServer((_request, response) => {
    asked += 1;
    response.end('{}');
  }).listen(join(folder, 'control.sock'));
  onTestFinished(() => void dying.close());
  const program = await startRouterProgram({ folder, routes: [], port: holder.port });
  // More often than it would ask before it takes the holder for a stranger.
  await eventually(() => expect(asked).toBeGreaterThan(10));
  dying.close();
  holder.server.close();
  expect(await program.listening).toBe(holder.port);
  expect((await readStatus(program.controlSocket)).pid).toBe(program.child.pid);
});

test('a wrong argument ends it with a message that names it', async () => {
  const folder = await createTempFolder();
  const program = await startRouterProgram({ folder, routes: [], args: ['--port', 'high'] });
  program.listening.catch(() => undefined);
  expect(await program.ended).toEqual({ code: 1, stderr: '--port high is no port\n' });
});

async function connect(port: number): Promise<void> {
  const socket = createConnection(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
  } finally {
    socket.destroy();
  }
}

async function holdPort(): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { server, port: address.port };
}
