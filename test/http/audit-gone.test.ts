import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { createSharedControl, serveGuarded } from './guarded-app.ts';

test('a write is told also when who asked for it is gone before it is answered', async () => {
  const asked = Promise.withResolvers<void>();
  const gone = Promise.withResolvers<void>();
  const control = createSharedControl({
    async wake() {
      asked.resolve();
      await gone.promise;
    },
  });
  const { url, audited, app, makeToken } = await serveGuarded({ control });
  const token = await makeToken({ role: 'write' });
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const closed = new Promise((resolve) => {
    app.server.once('connection', (served) => served.once('close', resolve));
  });
  socket.write(
    `POST /v1/wake HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${token}\r\n` +
      'Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}',
  );
  await asked.promise;
  socket.destroy();
  await closed;
  gone.resolve();
  await eventually(() => {
    expect(audited).toMatchObject([{ route: '/v1/wake', method: 'POST' }]);
  });
});
