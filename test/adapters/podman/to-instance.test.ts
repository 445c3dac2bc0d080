import { expect, test } from 'vitest';
import {
  type ContainerEntry,
  readContainerList,
} from '../../../src/adapters/podman/container-list.ts';
import { networkName } from '../../../src/adapters/podman/networks.ts';
import { toInstance, toState } from '../../../src/adapters/podman/to-instance.ts';
import { START_MS, wanted } from '../../helpers/services.ts';

const service = wanted('one', { spec: { image: 'registry/one:1', port: 8000 } });
const labels = { service: 'one', revision: service.revision, release: 'r1-0', spec: service.spec };
const network = networkName('m', service);

test('a running container is reached by its published port', () => {
  expect(
    seen({ ports: [{ containerPort: 8000, hostPort: 40_123, hostIp: '127.0.0.1' }] }),
  ).toMatchObject({
    state: 'running',
    startedAtMs: START_MS,
    imageId: 'sha256:0a',
    url: 'http://127.0.0.1:40123',
  });
});

test('where nothing is published it is reached by its address in the network of its service', () => {
  const addresses = { other: '10.0.0.9', [network]: '10.0.0.2' };
  expect(seen({}, { addresses })).toMatchObject({ url: 'http://10.0.0.2:8000' });
  expect(seen({}, { addresses: { other: '10.0.0.9' } })).not.toHaveProperty('url');
});

test('one that ended says when and with which code, and has no URL', () => {
  const ended = { status: 'exited', pid: 0, exitCode: 137, finishedAtMs: START_MS + 5 };
  const instance = seen(
    { ports: [{ containerPort: 8000, hostPort: 40_123, hostIp: '127.0.0.1' }] },
    ended,
  );
  expect(instance).toMatchObject({
    state: 'exited',
    exit: { code: 137, signal: null, atMs: START_MS + 5 },
  });
  expect(instance).not.toHaveProperty('url');
});

test('one that never started was only created', () => {
  const instance = toInstance({
    managerId: 'm',
    entry: entry({ state: 'created' }),
    labels,
    drift: [],
  });
  expect(instance).toMatchObject({ state: 'created' });
  expect(instance).not.toHaveProperty('startedAtMs');
  expect(instance).not.toHaveProperty('exit');
});

test.each([
  ['initialized', 'created'],
  ['stopping', 'running'],
  ['stopped', 'exited'],
  ['paused', 'paused'],
  ['removing', 'exited'],
  ['something new', 'exited'],
])("Podman's %s is %s", (status, state) => {
  expect(toState(status)).toBe(state);
});

test('what is not a whole list is an error, not fewer containers', () => {
  for (const answer of [undefined, {}, 'half', [{ Id: 'a' }], [null], [{ Id: 'a', Names: [] }]])
    expect(() => readContainerList(answer)).toThrow(/list of containers/);
  expect(readContainerList([])).toEqual([]);
});

function seen(listed: Partial<ContainerEntry>, inspected: object = {}) {
  const inspection = {
    id: 'id',
    name: 'mcp-one-00000000-1',
    labels: {},
    status: 'running',
    pid: 7,
    exitCode: 0,
    startedAtMs: START_MS,
    addresses: {},
    cgroupPath: '',
    ...inspected,
  };
  return toInstance({ managerId: 'm', entry: entry(listed), labels, inspection, drift: [] });
}

function entry(overrides: Partial<ContainerEntry>): ContainerEntry {
  return {
    id: 'id',
    name: 'mcp-one-00000000-1',
    imageId: '0a',
    labels: {},
    command: [],
    state: 'running',
    pid: 7,
    startedAtS: START_MS / 1_000,
    exitedAtS: 0,
    networks: [network],
    ports: [],
    ...overrides,
  };
}
