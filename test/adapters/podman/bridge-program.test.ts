import { expect, test } from 'vitest';
import {
  requireArchitecture,
  shieldVariables,
  toBridged,
  unshieldedName,
} from '../../../src/adapters/podman/bridge-program.ts';
import { toContainer } from '../../../src/adapters/podman/to-container.ts';
import { createStep, wanted, type WantedOverrides } from '../../helpers/services.ts';

const FILES = {
  version: 'b'.repeat(24),
  architecture: 'amd64',
  files: [],
  command: [{ path: 'lib/ld.so' }, { option: '--library-path' }, { path: 'lib' }, { path: 'node' }],
};
const IMAGE = { architecture: 'amd64', entrypoint: ['node'], command: ['serve.js'], env: [] };

test.each([
  ['the arguments of the image', {}, ['node', 'serve.js']],
  ['those of the service', { command: ['other.js', '${port}'] }, ['node', 'other.js', '8000']],
])('after the entry point of the image stand %s', (_title, spec, command) => {
  expect(bridged(spec)).toMatchObject({ command });
});

test('the bridge is run by its own loader, with its own libraries, and listens where the host can reach it', () => {
  const { entrypoint, version } = bridged({ path: '/x' });
  expect(entrypoint.slice(0, 4)).toEqual([
    '/.mcp/lib/ld.so',
    '--library-path',
    '/.mcp/lib',
    '/.mcp/node',
  ]);
  expect(entrypoint.slice(4, -1).join(' ')).toMatch(
    /^--host 0\.0\.0\.0 --port 8000 --path \/x --instance mcp-one-[0-9a-f]{8}-1 /,
  );
  expect(entrypoint.at(-1)).toBe('--');
  expect(version).toBe(FILES.version);
});

test('its container has the volume read-only, and says which version it was made with', () => {
  const body = toContainer({
    managerId: 'm',
    step: stepOf({}),
    values: new Map(),
    facts: {
      rootless: false,
      losesIsolation: false,
      held: { memory: true, cpu: true, pids: true },
    },
    bridge: bridged({}),
  });
  expect(body).toMatchObject({
    Entrypoint: expect.arrayContaining(['/.mcp/node']),
    Cmd: ['node', 'serve.js'],
    Labels: { 'mcp-manager.io/bridge': FILES.version },
    HostConfig: { Mounts: [{ Type: 'volume', Source: 'v', Target: '/.mcp', ReadOnly: true }] },
  });
  expect(body.Labels?.['mcp-manager.io/spec']).not.toContain(FILES.version);
});

test('an image without a program, for a service without a command, is told with the way out', () => {
  const image = { ...IMAGE, entrypoint: [], command: [] };
  expect(() => bridged({}, image)).toThrow(
    expect.objectContaining({ code: 'PROGRAM_MISSING', hint: expect.stringContaining('command') }),
  );
});

test('an image for another processor is refused, one that does not say is tried', () => {
  expect(() => check('arm64')).toThrow(
    expect.objectContaining({
      code: 'RUNTIME_UNSUPPORTED',
      message:
        'The image registry/one:1 of one is made for arm64, and the bridge that serves it is Node for amd64.',
    }),
  );
  expect(() => check('')).not.toThrow();
});

test('what would lead the Node of the bridge astray is kept for the server, whoever said it', () => {
  const ofImage = ['PATH=/bin', 'NODE_OPTIONS=--of-image', 'LD_PRELOAD=/x.so'];
  expect(shieldVariables(['A=1', 'NODE_OPTIONS=--own'], ofImage)).toEqual([
    'A=1',
    'NODE_OPTIONS=',
    'BRIDGE_CHILD_NODE_OPTIONS=--own',
    'LD_PRELOAD=',
    'BRIDGE_CHILD_LD_PRELOAD=/x.so',
  ]);
  expect(shieldVariables(['A=1'], ['PATH=/bin'])).toEqual(['A=1']);
  expect(['A', 'BRIDGE_CHILD_LD_PRELOAD'].map(unshieldedName)).toEqual(['A', 'LD_PRELOAD']);
});

function check(architecture: string): void {
  requireArchitecture(stepOf({}), FILES, { architecture });
}

function stepOf(spec: WantedOverrides['spec']) {
  const { command: _command, ...rest } = wanted('one').spec;
  const service = wanted('one');
  const own = { ...rest, image: 'registry/one:1', transport: 'stdio', ...spec } as const;
  return createStep({ ...service, spec: own });
}

function bridged(spec: WantedOverrides['spec'], image = IMAGE) {
  return toBridged({ step: stepOf(spec), files: FILES, image, volume: 'v' });
}
