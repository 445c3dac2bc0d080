import { expect, test } from 'vitest';
import type { ContainerEntry } from '../../../src/adapters/podman/container-list.ts';
import { createContainerMemory } from '../../../src/adapters/podman/container-memory.ts';
import { findDrift } from '../../../src/adapters/podman/drift.ts';
import { openEngine } from '../../../src/adapters/podman/engine.ts';
import { LABELS } from '../../../src/adapters/podman/labels.ts';
import { networkName } from '../../../src/adapters/podman/networks.ts';
import type { Surroundings } from '../../../src/adapters/podman/surroundings.ts';
import { wanted } from '../../helpers/services.ts';

const service = wanted('one', {
  spec: { image: 'registry/one:1', command: ['node', 'server.ts'], port: 8000 },
});
const network = networkName('m', service);
const published = { containerPort: 8000, hostPort: 40_123, hostIp: '127.0.0.1' };

test('a container that is as it was made has no drift', async () => {
  expect(await driftOf({})).toEqual([]);
});

test('one of another image in its place, with its name and labels, is told by the image', async () => {
  expect(await driftOf({ imageId: '0b' })).toEqual([
    { path: 'image', expected: 'sha256:0a', actual: 'sha256:0b' },
  ]);
});

test('one that is in other networks than its own is told by them', async () => {
  expect(await driftOf({ networks: ['podman', 'other'] })).toEqual([
    { path: 'network', expected: network, actual: 'podman, other' },
  ]);
});

test('one that was joined to a second network is told by both', async () => {
  expect(await driftOf({ networks: [network, 'other'] })).toEqual([
    { path: 'network', expected: network, actual: `${network}, other` },
  ]);
});

test('one whose network was made anew with a way out, or without, is told', async () => {
  const around = (internal: boolean): Surroundings => ({
    networks: [{ ...made, internal }],
    volumes: [],
  });
  const made = { name: network, labels: {}, isolated: true, answersNames: true, subnets: [] };
  expect(await driftOf({}, service.spec, around(false))).toEqual([]);
  expect(await driftOf({}, service.spec, around(true))).toEqual([
    { path: 'network', expected: network, actual: 'made anew without a way out' },
  ]);
});

test('one that runs another command is told, but not which one', async () => {
  expect(await driftOf({ command: ['node', 'server.ts', '--token=hunter2'] })).toEqual([
    { path: 'command', expected: 'node server.ts', actual: 'another command' },
  ]);
});

test('the entry point of its image stands before its command', async () => {
  expect(await driftOf({ command: ['/tini', '--', 'node', 'server.ts'] })).toEqual([]);
});

test('one whose port is not published is told, where it is to be', async () => {
  const expected = [{ path: 'port', expected: '8000 on 127.0.0.1', actual: 'not published' }];
  expect(await driftOf({ ports: [] })).toEqual(expected);
  expect(await driftOf({ ports: [{ ...published, containerPort: 9000 }] })).toEqual(expected);
});

test('an internal network of a rootful engine publishes nothing', async () => {
  const internal = wanted('one', { spec: { ...service.spec, network: { egress: 'none' } } });
  const listed = { ports: [], networks: [networkName('m', internal)] };
  expect(await driftOf(listed, internal.spec)).toEqual([]);
});

async function driftOf(
  listed: Partial<ContainerEntry>,
  spec = service.spec,
  surroundings?: Surroundings,
) {
  const entry = {
    id: 'id',
    name: 'mcp-one-00000000-1',
    imageId: '0a',
    labels: { [LABELS.image]: 'sha256:0a' },
    command: ['node', 'server.ts'],
    state: 'running',
    pid: 1,
    startedAtS: 1,
    exitedAtS: 0,
    networks: [network],
    ports: [published],
    ...listed,
  };
  const { name, revision } = service;
  // What the list shows is asked of no engine.
  const engine = openEngine({ socket: '/nowhere' });
  const scene = { engine, managerId: 'm', signal: new AbortController().signal };
  const drift = await findDrift(scene, {
    containers: [{ entry, labels: { service: name, revision, release: 'r1-0', spec } }],
    memory: createContainerMemory(),
    facts: {
      rootless: false,
      losesIsolation: false,
      held: { memory: true, cpu: true, pids: true },
    },
    surroundings,
  });
  return drift('id');
}
