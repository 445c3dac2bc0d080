import { expect, test } from 'vitest';
import { toContainer } from '../../../src/adapters/podman/to-container.ts';
import { createStep, wanted, type WantedOverrides } from '../../helpers/services.ts';

const ALL = { memory: true, cpu: true, pids: true };
const NONE = { memory: false, cpu: false, pids: false };
const IMAGE = 'registry/one:1';

test('every container is confined: no capability, no way to gain one, nothing to write to but bounded scratch', () => {
  expect(made().HostConfig).toMatchObject({
    CapDrop: ['ALL'],
    SecurityOpt: ['no-new-privileges'],
    ReadonlyRootfs: true,
    Tmpfs: { '/tmp': expect.stringContaining('size=64m') },
    Init: true,
    RestartPolicy: { Name: 'no' },
    LogConfig: { Config: { 'max-size': '10m' } },
  });
  expect(made().HostConfig).not.toHaveProperty('Privileged');
});

test('a user by number is not in the group of root', () => {
  expect(made({ spec: { user: '1000' } }).User).toBe('1000:1000');
  expect(made({ spec: { user: '1000:20' } }).User).toBe('1000:20');
  expect(made({ spec: { user: 'node' } }).User).toBe('node');
});

test('limits are set where the engine can hold them, swap included', () => {
  const resources = { memoryBytes: 1024 ** 3, cpu: 0.25, pids: 64 };
  const limits = { Memory: 1024 ** 3, MemorySwap: 1024 ** 3, NanoCpus: 250_000_000, PidsLimit: 64 };
  expect(made({ spec: { resources } }).HostConfig).toMatchObject(limits);
  const unheld = made({ spec: { resources } }, { facts: { ...FACTS, rootless: true, held: NONE } });
  for (const key of Object.keys(limits)) expect(unheld.HostConfig).not.toHaveProperty(key);
});

test('the port is published on loopback, chosen by the kernel', () => {
  const { ExposedPorts, HostConfig } = made({ spec: { port: 3001 } });
  expect(ExposedPorts).toEqual({ '3001/tcp': {} });
  expect(HostConfig?.PortBindings).toEqual({
    '3001/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }],
  });
});

test('without egress it is reached by its address, on a rootless engine by its port', () => {
  const spec = { network: { egress: 'none' } } as const;
  expect(made({ spec }).HostConfig).not.toHaveProperty('PortBindings');
  const rootless = made({ spec }, { facts: { ...FACTS, rootless: true, held: ALL } });
  expect(rootless.HostConfig).toHaveProperty('PortBindings');
});

test('services, managers and settings have networks of their own', () => {
  const names = [
    network('one', 'm', 'all'),
    network('one', 'm', 'none'),
    network('one', 'n', 'all'),
    network('two', 'm', 'all'),
  ];
  expect(new Set(names).size).toBe(4);
  expect(names[0]).toMatch(/^mcp-one-[0-9a-f]{8}$/);
  expect(network('one', 'm', 'all')).toBe(names[0]);
});

test('a secret is in the environment and in no label; what the manager tells wins', () => {
  const env = { KEY: { secret: 'file:key' }, LEVEL: 'debug', PORT: '1' };
  const body = made({ spec: { env, port: 8000 } }, { values: new Map([['file:key', 'planted']]) });
  expect(body.Env).toEqual(expect.arrayContaining(['KEY=planted', 'LEVEL=debug', 'PORT=8000']));
  expect(body.Env).not.toContain('PORT=1');
  const { Env: _env, ...rest } = body;
  expect(JSON.stringify(rest)).not.toContain('planted');
  expect(() => made({ spec: { env } })).toThrow(
    expect.objectContaining({ code: 'SECRET_MISSING', message: expect.stringContaining('KEY') }),
  );
});

test('the labels hold everything that is needed to go on after losing all else', () => {
  const { Labels } = made({ platform: { instanceId: '42', workspaceId: 'w' } });
  const service = wanted('one', { spec: { image: IMAGE } });
  const step = createStep(service);
  expect(Labels).toMatchObject({
    'mcp-manager.io/manager': 'm',
    'mcp-manager.io/service': 'one',
    'mcp-manager.io/revision': service.revision,
    'mcp-manager.io/release': step.release,
    'mcp-manager.io/name': step.target.name,
    'agentarea.io/instance-id': '42',
    'agentarea.io/workspace-id': 'w',
  });
  expect(JSON.parse(Labels?.['mcp-manager.io/spec'] ?? '')).toEqual(service.spec);
});

test('a command goes to the entry point of the image, with the port expanded; without one the image decides', () => {
  expect(made({ spec: { command: ['run', '--port=${port}'], port: 81 } }).Cmd).toEqual([
    'run',
    '--port=81',
  ]);
  const { command: _command, ...spec } = wanted('one', { spec: { image: IMAGE } }).spec;
  const step = createStep({ ...wanted('one'), spec });
  const body = toContainer({ managerId: 'm', step, values: new Map(), facts: FACTS });
  expect(body).not.toHaveProperty('Cmd');
});

test('the image is the one that was resolved, where one was', () => {
  expect(made().Image).toBe(IMAGE);
  expect(made({}, { imageId: 'sha256:0a' })).toMatchObject({
    Image: 'sha256:0a',
    Labels: { 'mcp-manager.io/image': 'sha256:0a' },
  });
});

test('named volumes are of the manager, host paths are as they are written', () => {
  const volumes = [
    { source: 'data', destination: '/data', readOnly: false },
    { source: '/srv/my files', destination: '/in', readOnly: true },
    { source: 'mine, yours', destination: '/odd', readOnly: false },
  ];
  const mounts = made({ spec: { volumes } }).HostConfig?.Mounts ?? [];
  expect(mounts).toMatchObject([
    { Type: 'volume', Source: expect.stringMatching(/^mcp-[0-9a-f]{8}-data$/), Target: '/data' },
    { Type: 'bind', Source: '/srv/my files', Target: '/in', ReadOnly: true },
    { Type: 'volume', Source: expect.stringMatching(/^mcp-[0-9a-f]{8}-[0-9a-f]{16}$/) },
  ]);
  const [other] = made({ spec: { volumes } }, { managerId: 'n' }).HostConfig?.Mounts ?? [];
  expect(other?.Source).not.toBe(mounts[0]?.Source);
});

test('a service without an image is refused with the way out', () => {
  const step = createStep(wanted('one', { spec: { command: ['node'] } }));
  expect(() => toContainer({ managerId: 'm', step, values: new Map(), facts: FACTS })).toThrow(
    expect.objectContaining({
      code: 'RUNTIME_UNSUPPORTED',
      hint: expect.stringContaining('process'),
    }),
  );
});

const FACTS = { rootless: false, losesIsolation: false, held: ALL };

interface Circumstances {
  readonly name?: string;
  readonly managerId?: string;
  readonly imageId?: string;
  readonly values?: ReadonlyMap<string, string>;
  readonly facts?: Parameters<typeof toContainer>[0]['facts'];
}

function network(name: string, managerId: string, egress: 'all' | 'none'): string | undefined {
  return made({ spec: { network: { egress } } }, { name, managerId }).HostConfig?.NetworkMode;
}

function made(overrides: WantedOverrides = {}, circumstances: Circumstances = {}) {
  const { name = 'one', managerId = 'm', imageId, values = new Map() } = circumstances;
  const service = wanted(name, { ...overrides, spec: { image: IMAGE, ...overrides.spec } });
  const step = { ...createStep(service), ...(imageId !== undefined && { imageId }) };
  return toContainer({ managerId, step, values, facts: circumstances.facts ?? FACTS });
}
