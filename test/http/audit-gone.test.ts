import { connect } from 'node:net';
import { expect, test } from 'vitest';
import type { ApiControl } from '../../src/api-control.ts';
import { eventually } from '../helpers/eventually.ts';
import { someEvent, someResult } from './fake-control.ts';
import { createSharedControl, serveGuarded } from './guarded-app.ts';

const STALE = someResult({ outcome: 'stale' });

interface Asked {
  readonly route: string;
  readonly body: object;
  /** What is done once who asked is gone. */
  readonly answer: (reach: () => Promise<void>) => Partial<ApiControl>;
  readonly result: 'done' | 'failed';
}

test.each<Asked>([
  { route: '/v1/wake', body: {}, answer: (reach) => ({ wake: reach }), result: 'done' },
  {
    route: '/v1/apply',
    body: { wait: true, by: 'ada' },
    answer: (reach) => ({
      async *apply() {
        await reach();
        yield { kind: 'event', event: someEvent(1) };
        yield { kind: 'event', event: someEvent(2) };
      },
    }),
    result: 'done',
  },
  {
    route: '/v1/apply',
    body: { wait: true, by: 'ada' },
    answer: (reach) => ({
      async *apply() {
        await reach();
        yield { kind: 'result', result: STALE };
      },
    }),
    result: 'failed',
  },
])(
  'a write of $route is told, as $result, also when who asked for it is gone before it is answered',
  async ({ route, body, answer, result }) => {
    const asked = Promise.withResolvers<void>();
    const gone = Promise.withResolvers<void>();
    const reach = async (): Promise<void> => {
      asked.resolve();
      await gone.promise;
    };
    const served = await serveGuarded({ control: createSharedControl(answer(reach)) });
    const token = await served.makeToken({ role: 'admin' });
    const { hostname, port } = new URL(served.url);
    const socket = connect(Number(port), hostname);
    const closed = new Promise((resolve) => {
      served.app.server.once('connection', (one) => one.once('close', resolve));
    });
    const text = JSON.stringify(body);
    socket.write(
      `POST ${route} HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${token}\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${text.length}\r\n\r\n${text}`,
    );
    await asked.promise;
    socket.destroy();
    await closed;
    gone.resolve();
    await eventually(() => {
      expect(served.audited).toMatchObject([{ route, method: 'POST', result }]);
    });
  },
);
