import { mkdir, readdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createApp } from '../../src/http/app.ts';
import { eventually } from '../helpers/eventually.ts';
import { startMemoryManager } from '../helpers/memory-manager.ts';

const log = { debug() {}, info() {}, warn() {}, error() {} };

async function open(environment: Readonly<Record<string, string>> = {}) {
  const documents = {
    'people.yaml': 'apiVersion: mcp-manager/v1\nservices: {}\n',
    '.mcp-manager.json': '{"managerId": "mine"}',
  };
  const whole = await startMemoryManager({ atEnd: onTestFinished, documents, environment });
  const { control, inspection, readiness } = whole.manager;
  const platform = { inspection, startupMs: 30_000, limit: {} };
  const app = createApp({ control, log, version: '1', platform, readiness });
  onTestFinished(async () => {
    await app.close();
  });
  const ask = async (route: string, payload?: object) => {
    const [method = '', url = ''] = route.split(' ');
    const verb = method === 'PUT' || method === 'POST' ? method : 'GET';
    const answer = await app.inject({ method: verb, url, ...(payload && { payload }) });
    return { status: answer.statusCode, body: answer.json() };
  };
  return { ...whole, ask };
}

const NEW = { service_name: 'new', image: 'mcp/echo:latest', port: 8000 };

type Replace = (desired: string) => Promise<void>;

const replaced: readonly (readonly [string, Replace, string])[] = [
  [
    'a file stands for the folder of the API',
    (desired) => writeFile(join(desired, 'api'), ''),
    'EEXIST',
  ],
  [
    'the folder of the API is a link to elsewhere',
    (desired) => symlink(join(desired, '..'), join(desired, 'api')),
    'its folder is a link that leads out of the documents folder',
  ],
  [
    'the folder of the API is a link to nowhere',
    (desired) => symlink('nowhere', join(desired, 'api')),
    'ENOENT',
  ],
  [
    'an empty folder stands in place of the whole',
    async (desired) => {
      await rename(desired, `${desired}.away`);
      await mkdir(desired);
    },
    'the one in its place is of no manager',
  ],
  [
    'a link leads to the folder of another manager',
    async (desired) => {
      await rename(desired, `${desired}.away`);
      await mkdir(`${desired}.other`);
      await writeFile(join(`${desired}.other`, '.mcp-manager.json'), '{"managerId": "other"}');
      await symlink(`${desired}.other`, desired);
    },
    'the one in its place is of the manager other',
  ],
  [
    'a file stands for the whole folder',
    async (desired) => {
      await rename(desired, `${desired}.away`);
      await writeFile(desired, '');
    },
    'ENOTDIR',
  ],
];

test.each(replaced)(
  'while %s, each write is 503 with the reason, and nothing is written anywhere',
  async (_what, replace, reason) => {
    const { ask, desired } = await open();
    await replace(desired);
    const around = join(desired, '..');
    const before = await readdir(around);
    const put = await ask('PUT /v1/services/new', { image: 'x:1' });
    expect(put).toMatchObject({ status: 503, body: { detail: expect.stringContaining(reason) } });
    const post = await ask('POST /containers', NEW);
    expect(post).toMatchObject({
      status: 503,
      body: {
        error: 'container_creation_failed',
        code: 503,
        message: expect.stringContaining(reason),
      },
    });
    expect(await ask('GET /v1/services')).toMatchObject({ status: 200, body: { services: [] } });
    expect(await readdir(around)).toEqual(before);
  },
);

test('without Redis the API answers as ever, and tells what is missing without its password', async () => {
  const { ask } = await open({ REDIS_URL: 'redis://:planted-3f9a@127.0.0.1:1/0' });
  expect(await ask('PUT /v1/services/new', { image: 'x:1' })).toMatchObject({ status: 201 });
  const other = { ...NEW, service_name: 'other' };
  expect(await ask('POST /containers', other)).toMatchObject({
    status: 201,
    body: { status: 'running' },
  });
  await eventually(async () => {
    const { body } = await ask('GET /v1/health');
    expect(body.troubles).toContainEqual(expect.stringContaining('Redis at redis://127.0.0.1:1'));
  });
  for (const route of ['GET /v1/health', 'GET /ready', 'GET /v1/problems', 'GET /v1/services']) {
    const { status, body } = await ask(route);
    expect([route, status]).toEqual([route, expect.toBeOneOf([200, 503])]);
    expect(JSON.stringify(body)).not.toContain('planted');
  }
});
