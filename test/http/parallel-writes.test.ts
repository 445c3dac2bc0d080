import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { eventually } from '../helpers/eventually.ts';
import { serveMemoryManager } from '../helpers/memory-manager.ts';

const WRITES = 1_000;
/** Each is synced to a disk that may be busy. */
const LONG_MS = 240_000;

async function open() {
  const { files, url } = await serveMemoryManager();
  const { port } = new URL(url);
  return { files, put: (number: number, ifMatch?: string) => put(port, number, ifMatch) };
}

/** Over a connection of its own, that ends with the answer. */
async function put(port: string, number: number, ifMatch?: string) {
  const asked = request({
    host: '127.0.0.1',
    port,
    method: 'PUT',
    path: '/v1/services/echo',
    headers: {
      'content-type': 'application/json',
      ...(ifMatch !== undefined && { 'if-match': ifMatch }),
    },
    agent: false,
  });
  asked.end(JSON.stringify({ image: 'x:1', power: 'off', labels: { number: String(number) } }));
  const [response]: IncomingMessage[] = await once(asked, 'response');
  if (!response) throw new Error('no answer came');
  await text(response);
  const { statusCode: status = 0, headers } = response;
  return { number, status, etag: headers.etag, isMatched: ifMatch !== undefined };
}

/** What would grow if something were forgotten. */
function held() {
  const listeners = process.eventNames().map((name) => process.listenerCount(name));
  return { files: readdirSync('/proc/self/fd').length, listeners };
}

test(
  'of 1,000 writes at once to one service each is answered, one document holds, and nothing stays open',
  async () => {
    const { put: write, files } = await open();
    const { etag } = await write(0);
    const before = held();

    const numbers = Array.from({ length: WRITES }, (_, at) => at + 1);
    const answers = await Promise.all(
      numbers.map((number) => write(number, number % 2 === 1 ? etag : undefined)),
    );

    const statuses = new Set(answers.map(({ status }) => status));
    expect([...statuses].filter((status) => ![200, 409, 412, 429].includes(status))).toEqual([]);
    const done = answers.filter(({ status }) => status === 200);
    expect(done.filter(({ isMatched }) => isMatched).length).toBeLessThanOrEqual(1);
    expect(done.length).toBeGreaterThan(1);
    const documents = Object.entries(await files());
    expect(documents).toEqual([[expect.stringMatching(/\/api\/echo\.yaml$/), expect.any(String)]]);
    const { number } = parse(documents[0]?.[1] ?? '').services.echo.labels;
    const last = done.find((answer) => String(answer.number) === number);
    // Who writes over what the last one was told writes over what holds.
    expect(await write(WRITES + 1, last?.etag)).toMatchObject({ status: 200 });
    await eventually(() => {
      const now = held();
      expect(now.files).toBeLessThanOrEqual(before.files);
      expect(now.listeners).toEqual(before.listeners);
    });
  },
  LONG_MS,
);
