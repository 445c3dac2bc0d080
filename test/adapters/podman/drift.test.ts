import { expect, test } from 'vitest';
import { createContainerMemory } from '../../../src/adapters/podman/container-memory.ts';
import { findDrift } from '../../../src/adapters/podman/drift.ts';
import { openEngine } from '../../../src/adapters/podman/engine.ts';
import { LABELS } from '../../../src/adapters/podman/labels.ts';
import { networkName } from '../../../src/adapters/podman/networks.ts';
import { wanted } from '../../helpers/services.ts';

const service = wanted('one', { spec: { image: 'registry/one:1' } });
const network = networkName('m', service);

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

async function driftOf(listed: { imageId?: string; networks?: readonly string[] }) {
  const entry = {
    id: 'id',
    name: 'mcp-one-00000000-1',
    imageId: '0a',
    labels: { [LABELS.image]: 'sha256:0a' },
    state: 'running',
    pid: 1,
    startedAtS: 1,
    exitedAtS: 0,
    networks: [network],
    ports: [],
    ...listed,
  };
  const { name, revision, spec } = service;
  // What the list shows is asked of no engine.
  const engine = openEngine({ socket: '/nowhere' });
  const scene = { engine, managerId: 'm', signal: new AbortController().signal };
  const drift = await findDrift(scene, {
    containers: [{ entry, labels: { service: name, revision, release: 'r1-0', spec } }],
    memory: createContainerMemory(),
    facts: { rootless: false, held: { memory: true, cpu: true, pids: true } },
    surroundings: undefined,
  });
  return drift('id');
}
