import { expect, test } from 'vitest';
import { tellApart } from '../../../src/adapters/podman/belonging.ts';
import type { ContainerEntry } from '../../../src/adapters/podman/container-list.ts';
import type { Inspection } from '../../../src/adapters/podman/inspection.ts';
import { LABELS, toLabels } from '../../../src/adapters/podman/labels.ts';
import { toAdopted } from '../../../src/adapters/podman/to-adopted.ts';
import { wanted } from '../../helpers/services.ts';

const NAME = 'mcp-one-00000000-1';
const service = wanted('one', { spec: { image: 'registry/one:1' } });
const ours = labelsOf('m');
const adoption = { service: 'one', port: 8000 };

test('a container is ours by its labels, and by nothing else', () => {
  const { owned, adopted, foreign } = belonging([
    entry({ id: 'ours', labels: ours }),
    entry({ id: 'squatter' }),
    entry({ id: 'another', name: 'postgres' }),
  ]);
  expect(owned.map(({ entry: { id } }) => id)).toEqual(['ours']);
  expect(adopted).toEqual([]);
  expect(foreign).toEqual([{ id: 'squatter', name: NAME }]);
});

test.each([
  ['a foreign one', {}],
  ['one of ours that was let go', ours],
])('%s is adopted by its id, whatever its name is', (_what, labels) => {
  const { owned, adopted, foreign } = belonging([entry({ name: 'let-go', labels })], 'id');
  expect(owned).toEqual([]);
  expect(adopted).toMatchObject([{ entry: { id: 'id' }, adoption }]);
  expect(foreign).toEqual([]);
});

test('no document adopts a container of another manager', () => {
  const { adopted, foreign } = belonging([entry({ labels: labelsOf('other') })], 'id');
  expect(adopted).toEqual([]);
  expect(foreign).toEqual([{ id: 'id', name: NAME, owner: 'other' }]);
});

test('our labels on another name are told: what they say, and whether it runs', () => {
  const labelled = { service: 'one', name: NAME, up: true, spec: service.spec };
  const foreign = { id: 'id', name: 'renamed', owner: 'm', labelled };
  const renamed = entry({ name: 'renamed', labels: ours });
  expect(belonging([renamed]).foreign).toEqual([foreign]);
  expect(belonging([{ ...renamed, state: 'paused' }]).foreign).toEqual([foreign]);
  expect(belonging([{ ...renamed, state: 'exited' }]).foreign).toEqual([
    { ...foreign, labelled: { ...labelled, up: false } },
  ]);
});

test('a spec on a label that nobody can read is none', () => {
  const labels = { ...ours, [LABELS.spec]: '{"volumes":[null]}' };
  expect(belonging([entry({ name: 'renamed', labels })]).foreign).toEqual([
    { id: 'id', name: 'renamed', owner: 'm', labelled: { service: 'one', name: NAME, up: true } },
  ]);
});

test('an adopted container is reached where its port is published', () => {
  const published = { containerPort: 8000, hostPort: 40_123 };
  for (const [hostIp, host] of [
    ['', '127.0.0.1'],
    ['0.0.0.0', '127.0.0.1'],
    ['::', '127.0.0.1'],
    ['10.1.2.3', '10.1.2.3'],
    ['fd00::1', '[fd00::1]'],
  ] as const)
    expect(urlOf({ ports: [{ ...published, hostIp }] })).toBe(`http://${host}:40123`);
});

test('where nothing is published the host reaches it by its address, but not into a rootless engine', () => {
  const other = [{ containerPort: 9000, hostPort: 40_123, hostIp: '' }];
  expect(urlOf({ ports: other })).toBe('http://10.0.0.2:8000');
  expect(urlOf({ ports: other }, { rootless: true })).toBeUndefined();
});

test('one that does not run has no URL', () => {
  expect(urlOf({}, { status: 'exited' })).toBeUndefined();
});

function urlOf(
  listed: Partial<ContainerEntry>,
  { rootless = false, status = 'running' }: { rootless?: boolean; status?: string } = {},
) {
  const inspection: Inspection = {
    id: 'id',
    name: NAME,
    labels: {},
    status,
    pid: 7,
    exitCode: 0,
    addresses: { podman: '10.0.0.2' },
    cgroupPath: '',
  };
  const facts = { rootless, losesIsolation: false, held: { memory: true, cpu: true, pids: true } };
  return toAdopted({ entry: entry(listed), adoption, facts, inspection }).url;
}

function belonging(entries: readonly ContainerEntry[], adopts?: string) {
  const adopted = new Map(adopts === undefined ? [] : [[adopts, adoption]]);
  return tellApart({ managerId: 'm' }, entries, adopted);
}

function labelsOf(managerId: string) {
  return toLabels(managerId, {
    kind: 'create',
    service,
    release: 'r1-0',
    secretVersions: {},
    target: { name: NAME },
  });
}

function entry(overrides: Partial<ContainerEntry>): ContainerEntry {
  return {
    id: 'id',
    name: NAME,
    imageId: '0a',
    labels: {},
    command: [],
    state: 'running',
    pid: 7,
    startedAtS: 1,
    exitedAtS: 0,
    networks: [],
    ports: [],
    ...overrides,
  };
}
