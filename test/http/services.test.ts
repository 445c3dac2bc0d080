import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import type { ServiceStatus } from '../../src/model/status.ts';
import { createApp } from '../../src/http/app.ts';
import { toServicePage } from '../../src/http/service-page.ts';
import { createFakeControl, someStatus } from './fake-control.ts';

const log = { debug() {}, info() {}, warn() {}, error() {} };

let fleet: readonly ServiceStatus[] = [];
const control = createFakeControl({
  status: async () => ({ services: fleet, problems: [], leftAlone: [] }),
});
const app = createApp({ control, log, version: '1' });
afterAll(async () => {
  await app.close();
});

const FLEET = [
  someStatus('alpha', { workspace: 'w1', labels: { team: 'a', tier: '1' }, changedAtMs: 30 }),
  someStatus('beta', { state: 'Failed', origin: 'api', labels: { team: 'a' }, changedAtMs: 10 }),
  someStatus('beta-two', { state: 'Stopped', origin: 'core', labels: {}, runtime: 'podman' }),
];

test.each([
  ['', ['alpha', 'beta', 'beta-two']],
  ['state=Failed', ['beta']],
  ['state=Failed,Stopped', ['beta', 'beta-two']],
  ['origin=api,core', ['beta', 'beta-two']],
  ['workspace=w1', ['alpha']],
  ['runtime=podman', ['beta-two']],
  ['prefix=beta', ['beta', 'beta-two']],
  ['label=team%3Da', ['alpha', 'beta']],
  ['label=team%3Da&label=tier%3D1', ['alpha']],
  ['label=constructor%3Dx', []],
  ['sort=-name', ['beta-two', 'beta', 'alpha']],
  ['sort=changed', ['beta-two', 'beta', 'alpha']],
  ['sort=-changed&limit=1', ['alpha']],
  ['sort=state', ['beta', 'alpha', 'beta-two']],
])('the list asked by %j', async (query, wanted) => {
  fleet = FLEET;
  const { services } = (await app.inject(`/v1/services?${query}`)).json();
  expect(services.map(({ name }: ServiceStatus) => name)).toEqual(wanted);
});

test.each([
  'state=Unwell',
  'origin=nobody',
  'sort=size',
  'limit=0',
  'limit=1001',
  'limit=1e3',
  'label=team',
  'unknown=1',
  'prefix=a&prefix=b',
  'cursor=%2e%2e',
  'cursor=bm9uc2Vuc2U',
  `cursor=${Buffer.from('["-name","alpha","alpha"]').toString('base64url')}`,
])('a list asked by %j is refused', async (query) => {
  const response = await app.inject(`/v1/services?${query}`);
  expect(response.json()).toMatchObject({ status: 400, code: 'REQUEST_INVALID' });
});

test('page after page every service that stays is read once, whatever comes and goes meanwhile', () => {
  const name = fc.stringMatching(/^[a-z]{1,3}$/);
  const change = fc.record({ comes: fc.uniqueArray(name), goes: fc.uniqueArray(name) });
  const order = fc.constantFrom('name', '-name', 'state', '-state');
  fc.assert(
    fc.property(fc.uniqueArray(name), fc.array(change), order, (first, changes, sort) => {
      const all = new Set(first);
      const staying = new Set(first);
      const read: string[] = [];
      let cursor: string | undefined;
      for (let at = 0; at === 0 || cursor !== undefined; at += 1) {
        const services = [...all].map((one) => someStatus(one, { state: stateOf(one) }));
        const page = toServicePage(services, { sort, limit: '2', ...(cursor && { cursor }) });
        read.push(...page.services.map((one) => one.name));
        cursor = page.next;
        const { comes, goes } = changes[at] ?? { comes: [], goes: [] };
        for (const one of comes) all.add(one);
        for (const one of goes) {
          all.delete(one);
          staying.delete(one);
        }
      }
      expect(read.length).toBe(new Set(read).size);
      expect(read).toEqual(expect.arrayContaining([...staying]));
    }),
  );
});

test('a service has a weak etag, by which nothing is sent twice', async () => {
  fleet = [someStatus('echo', { state: 'Starting' })];
  const first = await app.inject('/v1/services/echo');
  const etag = String(first.headers['etag']);
  expect(etag).toMatch(/^W\/"[0-9a-f]+"$/);
  expect(first.json()).toMatchObject({ name: 'echo' });
  const ask = { url: '/v1/services/echo', headers: { 'if-none-match': `"x", ${etag}` } };
  expect(await app.inject(ask)).toMatchObject({ statusCode: 304, body: '' });
  fleet = [someStatus('echo')];
  expect((await app.inject(ask)).json()).toMatchObject({ state: 'Running' });
});

test.each(['..', '%2f', 'e%CC%81cho', 'ECHO', 'x'.repeat(300), 'a.yaml'])(
  'the name %j is no name',
  async (name) => {
    const { statusCode } = await app.inject(`/v1/services/${name}`);
    expect([400, 404, 414]).toContain(statusCode);
  },
);

function stateOf(name: string): ServiceStatus['state'] {
  return name < 'm' ? 'Running' : 'Failed';
}
