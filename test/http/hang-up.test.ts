import { once } from 'node:events';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { serveMemoryManager } from '../helpers/memory-manager.ts';

const BODY = JSON.stringify({ service_name: 'echo', image: 'mcp/echo:latest', port: 8000 });
const REQUEST = `POST /containers HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${BODY.length}\r\nConnection: close\r\n\r\n${BODY}`;

async function open() {
  const { manager, files, app, url } = await serveMemoryManager();
  const { port } = new URL(url);
  const socket = connect({ host: '127.0.0.1', port: Number(port), allowHalfOpen: true });
  await once(socket, 'connect');
  const states = async () => (await manager.control.status()).services.map(({ state }) => state);
  const connections = promisify<number>((done) => app.server.getConnections(done));
  return { socket, states, files, connections };
}

test.each(['end', 'destroy'] as const)(
  'what was written for somebody who hung up (%s) while it was to start goes on to run',
  async (hangUp) => {
    const { socket, states, files, connections } = await open();
    socket.write(REQUEST);
    await eventually(async () => expect(Object.keys(await files())).toHaveLength(1));
    socket[hangUp]();
    socket.resume();
    await eventually(async () => expect(await states()).toEqual(['Running']));
    await eventually(() => expect(connections()).resolves.toBe(0));
  },
);
