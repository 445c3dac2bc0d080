import { writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openCoreList } from '../../../src/adapters/core/list.ts';
import { findFreePort } from '../../helpers/free-port.ts';
import { serveUpstream } from '../../helpers/serve-upstream.ts';
import { createTempFolder } from '../../helpers/temp-folder.ts';

const { signal } = new AbortController();
const SECRET = 'planted-secret';

/** What is read where core answers so. */
async function readFrom(answer: RequestListener, options = {}) {
  const { url } = await serveUpstream(answer);
  return openCoreList({ url: `${url}/`, ...options }).read(signal);
}

async function tokenFile(text: string): Promise<string> {
  const file = join(await createTempFolder(), 'token');
  await writeFile(file, text);
  return file;
}

test('the list is asked for with the token and the workspace', async () => {
  const asked: unknown[] = [];
  const read = await readFrom(
    ({ url, headers }, response) => {
      asked.push([url, headers.authorization, headers['x-workspace-id']]);
      response.end('[]');
    },
    { tokenFile: await tokenFile(`${SECRET}\n`), workspace: 'w' },
  );
  expect(read).toEqual({ ok: true, wishes: [], complete: true });
  expect(asked).toEqual([['/v1/mcp-server-instances/', `Bearer ${SECRET}`, 'w']]);
});

test('what a list of one workspace says is of it, and what cannot be read is refused', async () => {
  const entries = [
    { id: 'i1', name: 'A', json_spec: { image: 'a', port: 1 } },
    { id: 'i2', name: 'B', json_spec: { image: 'b', port: 1 }, workspace_id: 'other' },
    { id: 'i3', name: 'C', json_spec: null },
  ];
  const read = await readFrom((_request, response) => response.end(JSON.stringify(entries)), {
    workspace: 'w',
  });
  expect(read).toMatchObject({
    ok: true,
    complete: true,
    wishes: [
      { kind: 'created', instanceId: 'i1', fields: { platform: { workspaceId: 'w' } } },
      { kind: 'created', instanceId: 'i2', fields: { platform: { workspaceId: 'other' } } },
      { kind: 'refused', instanceId: 'i3', cause: 'Cannot be read: its json_spec is no object' },
    ],
  });
});

test.each([`${SECRET}\nmore`, `${SECRET} more`, `${SECRET}\u0000`, ''])(
  'a file that holds %j is no token, and is not quoted',
  async (text) => {
    const file = await tokenFile(text);
    const read = await readFrom((_request, response) => response.end('[]'), { tokenFile: file });
    expect(read).toEqual({ ok: false, cause: `${file} holds no single token` });
  },
);

test('an answer that is no list says why, and a redirect takes no token along', async () => {
  const causes: unknown[] = [];
  for (const [status, body] of [
    [401, '[]'],
    [302, '[]'],
    [200, 'nothing'],
    [200, '{}'],
  ] as const) {
    const read = await readFrom((_request, response) => {
      response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end(body);
    });
    causes.push(read.ok ? 'a list' : read.cause);
  }
  expect(causes).toEqual([
    'it answers 401',
    'it answers 302',
    expect.stringContaining('JSON'),
    expect.any(String),
  ]);
});

test('core that cannot be reached is no empty list', async () => {
  const url = `http://127.0.0.1:${await findFreePort()}`;
  const read = await openCoreList({ url }).read(signal);
  expect(read).toEqual({ ok: false, cause: expect.stringContaining('ECONNREFUSED') });
});

test('a list that is larger than can be held is refused', async () => {
  const text = `[${' '.repeat(64 * 2 ** 20)}]`;
  const read = await readFrom((_request, response) => response.end(text));
  expect(read).toEqual({ ok: false, cause: 'it is larger than 64 MiB' });
});
