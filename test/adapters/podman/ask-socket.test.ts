import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { askSocket } from '../../../src/adapters/podman/ask-socket.ts';
import { createTempFolder } from '../../helpers/temp-folder.ts';

/** A socket on which all is answered with this status and these headers. */
async function serve(status: number, headers: Record<string, string> = {}): Promise<string> {
  const socket = join(await createTempFolder(), 'engine.sock');
  const server = createServer((_request, response) => response.writeHead(status, headers).end());
  server.listen(socket);
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return socket;
}

test('Podman is told from Docker by what only it says', async () => {
  expect(await askSocket(await serve(200, { 'libpod-api-version': '4.3.1' }))).toEqual({
    kind: 'answers',
    engine: 'podman',
  });
  const docker = await serve(200, { 'api-version': '1.41' });
  expect(await askSocket(docker)).toEqual({ kind: 'answers', engine: 'docker' });
});

test('what is no engine, or none any more, is told apart', async () => {
  const folder = await createTempFolder();
  expect(await askSocket(join(folder, 'none.sock'))).toEqual({ kind: 'absent' });
  const file = join(folder, 'file');
  await writeFile(file, '');
  expect(await askSocket(file)).toEqual({ kind: 'silent', cause: 'nobody serves it' });
  expect(await askSocket(await serve(500))).toEqual({ kind: 'silent', cause: 'it answers 500' });
});
