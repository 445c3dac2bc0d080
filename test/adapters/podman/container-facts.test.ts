import { expect, test } from 'vitest';
import { toContainerFacts } from '../../../src/adapters/podman/container-facts.ts';
import type {
  EngineContainer,
  InspectedForeign,
} from '../../../src/adapters/podman/engine-container.ts';

const ENV = ['container=podman', 'TERM=xterm', 'HOME=/root', 'HOSTNAME=1aa906', 'HOST=0.0.0.0'];
const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** A container as Podman 4.3 tells of it, that was given nothing. */
const plain: InspectedForeign = {
  container: {
    Id: 'c0ffee',
    Name: 'old-echo',
    ImageName: 'docker.io/mcp/echo:1',
    Config: { User: '', Env: [...ENV, PATH], Cmd: ['serve'], Entrypoint: '', WorkingDir: '/app' },
    State: { Status: 'running' },
    Mounts: [],
    HostConfig: {
      NetworkMode: 'bridge',
      PidMode: 'private',
      IpcMode: 'shareable',
      UTSMode: 'private',
      Privileged: false,
      CapAdd: [],
      SecurityOpt: [],
      Devices: [],
      RestartPolicy: { Name: '' },
      ReadonlyRootfs: true,
      Memory: 0,
      NanoCpus: 0,
      PidsLimit: 0,
    },
    NetworkSettings: { Ports: {}, Networks: { podman: {} } },
  },
  image: {
    RepoTags: ['docker.io/mcp/echo:1'],
    Config: { Env: ['HOST=0.0.0.0'], Cmd: ['serve'], WorkingDir: '/app' },
  },
  isInternal: false,
};

type Changes = Partial<Omit<EngineContainer, 'Config' | 'HostConfig'>> & {
  readonly Config?: Partial<EngineContainer['Config']>;
  readonly HostConfig?: Partial<EngineContainer['HostConfig']>;
};

function factsOf({ Config, HostConfig, ...rest }: Changes, more: Partial<InspectedForeign> = {}) {
  const { container } = plain;
  return toContainerFacts('me', {
    ...plain,
    ...more,
    container: {
      ...container,
      ...rest,
      Config: { ...container.Config, ...Config },
      HostConfig: { ...container.HostConfig, ...HostConfig },
    },
  });
}

test('what the image and the engine give is not what a container was given', () => {
  expect(factsOf({})).toEqual({
    id: 'c0ffee',
    name: 'old-echo',
    running: true,
    ours: false,
    image: 'docker.io/mcp/echo:1',
    env: {},
    user: '0',
    ports: [],
    volumes: [],
    resources: {},
    egress: 'all',
    forbidden: [],
    lost: [],
  });
});

test('what it was given is read from where Podman tells it', () => {
  const facts = factsOf(
    {
      Config: { Env: [...ENV, PATH, 'LEVEL=a=b', 'EMPTY='], Cmd: ['serve', '-v'], User: 'node' },
      Mounts: [
        { Type: 'volume', Name: 'data', Source: '/var/…', Destination: '/data', RW: true },
        { Type: 'bind', Source: '/srv', Destination: '/files', RW: false },
        { Type: 'tmpfs', Destination: '/scratch' },
      ],
      HostConfig: { Memory: 134_217_728, NanoCpus: 500_000_000, PidsLimit: 50 },
      NetworkSettings: { Ports: { '8000/tcp': [], '53/udp': [] }, Networks: { inner: {} } },
    },
    { isInternal: true, userId: '1000:1000' },
  );
  expect(facts).toMatchObject({
    command: ['serve', '-v'],
    env: { LEVEL: 'a=b', EMPTY: '' },
    user: '1000:1000',
    ports: [8000],
    volumes: [
      { source: 'data', destination: '/data', readOnly: false, external: true },
      { source: '/srv', destination: '/files', readOnly: true },
    ],
    resources: { memoryBytes: 134_217_728, cpu: 0.5, pids: 50 },
    egress: 'none',
    forbidden: [],
  });
});

test.each<readonly [string, Changes]>([
  ['it is privileged', { HostConfig: { Privileged: true } }],
  ['its network is that of the host', { HostConfig: { NetworkMode: 'host' } }],
  ['its network is that of the other container', { HostConfig: { NetworkMode: 'container:x' } }],
  ['it has no network, so nothing can reach it', { HostConfig: { NetworkMode: 'none' } }],
  ['it sees the processes of the host', { HostConfig: { PidMode: 'host' } }],
  ['it shares memory with the host', { HostConfig: { IpcMode: 'host' } }],
  ['it can change the name of the host', { HostConfig: { UTSMode: 'host' } }],
  ['it has added capabilities (CAP_NET_ADMIN)', { HostConfig: { CapAdd: ['CAP_NET_ADMIN'] } }],
  ['it runs with seccomp=unconfined', { HostConfig: { SecurityOpt: ['seccomp=unconfined'] } }],
  ['it has the device /dev/fuse', { HostConfig: { Devices: [{ PathOnHost: '/dev/fuse' }] } }],
  ['it has an entry point of its own', { Config: { Entrypoint: '/bin/sh' } }],
])('%s: no document may ask for that', (words, changes) => {
  expect(factsOf(changes).forbidden).toEqual([words]);
});

test('an image that is known by its id alone cannot be named in a document', () => {
  const byId = { ImageName: 'f'.repeat(64) };
  expect(factsOf(byId).image).toBe('docker.io/mcp/echo:1');
  expect(factsOf(byId, { image: { ...plain.image, RepoTags: [] } }).forbidden).toEqual([
    'its image has no name any more',
  ]);
});

test('what it loses once a container of ours takes its place is told', () => {
  const { lost } = factsOf({
    Config: { WorkingDir: '/elsewhere', Secrets: [{ Name: 'key' }] },
    HostConfig: { ReadonlyRootfs: false, RestartPolicy: { Name: 'always' } },
    NetworkSettings: {
      Ports: { '80/tcp': [{ HostIp: '', HostPort: '8080' }], '81/tcp': null },
      Networks: { podman: {}, db: {}, cache: {} },
    },
  });
  expect(lost).toEqual([
    expect.stringContaining('restarts it as well (always)'),
    expect.stringContaining('whole file system'),
    expect.stringContaining('/elsewhere'),
    expect.stringContaining('(key)'),
    'it is published (80/tcp at 0.0.0.0:8080); then only its route leads to it',
    'it is in the networks db, cache; then in one of its own, and reaches nobody there by name',
  ]);
});

test('whose it is, is told by its labels', () => {
  expect(factsOf(labels('old-echo'))).toMatchObject({ ours: true, owner: 'me' });
  expect(factsOf(labels('another'))).toMatchObject({ ours: false, owner: 'me' });
  expect(factsOf(labels('old-echo', 'other'))).toMatchObject({ ours: false, owner: 'other' });
});

const labels = (name: string, manager = 'me') => ({
  Config: { Labels: { 'mcp-manager.io/manager': manager, 'mcp-manager.io/name': name } },
});
