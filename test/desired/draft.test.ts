import { expect, test } from 'vitest';
import type { DraftService } from '../../src/desired/draft-service.ts';
import { createDrafter } from '../../src/desired/draft-service.ts';
import type { ImportWish } from '../../src/desired/draft.ts';
import { createChecks } from '../../src/desired/load.ts';
import type { Policy } from '../../src/desired/policy.ts';
import type { ContainerFacts } from '../../src/model/container.ts';
import { fleet, setOf } from './load-texts.ts';

const ID = '3f4e8b2d9c1a7f60e5d4c3b2a190817263544536271809fedcba98765432100f';
const plain: ContainerFacts = {
  id: ID,
  name: 'old-echo',
  running: true,
  ours: false,
  image: 'mcp/echo:1',
  env: {},
  user: '1000',
  ports: [8000],
  volumes: [],
  resources: {},
  egress: 'all',
  forbidden: [],
  lost: [],
};
const checks = createChecks();

function draft(
  facts: Partial<ContainerFacts> = {},
  wish: Partial<ImportWish> = {},
  { files = {}, policy = {} }: { files?: Record<string, string>; policy?: Partial<Policy> } = {},
): DraftService {
  const set = setOf(files);
  if (!set.ok) throw new Error(set.cause);
  const strict = { allowRoot: false, allowedImages: [], allowedVolumeRoots: [] };
  const settings = { runtime: 'podman', runtimes: ['podman'], policy: { ...strict, ...policy } };
  return createDrafter(settings, checks)({ ...plain, ...facts }, { service: 'echo', ...wish }, set);
}

test('A container is written down as a document would say it, and nothing that a document need not say', () => {
  const { file, text, refusals, desired } = draft();
  expect(file).toBe('echo.yaml');
  expect(refusals).toEqual([]);
  expect(text).toContain('# The container old-echo, taken over as it ran.');
  expect(text.split('\n').slice(2).join('\n')).toBe(`apiVersion: mcp-manager/v1
services:
  echo:
    adopt: ${ID}
    image: mcp/echo:1
    user: 1000
    port: 8000
`);
  expect(desired.services).toMatchObject([{ name: 'echo', adopt: ID, origin: 'file' }]);
});

test('All that a document can say of it is in its spec again', () => {
  const { desired, refusals } = draft(
    {
      command: ['serve', '--greeting=${name} "x"', '08', 'on', ' '],
      env: { LEVEL: '1.10', EMPTY: '', ODD: 'a: b # c\nd', 'with.dot': 'yes' },
      user: '1000:2000',
      resources: { memoryBytes: 128 * 2 ** 20, cpu: 0.25, pids: 50 },
      volumes: [
        { source: 'data', destination: '/data', readOnly: false, external: true },
        { source: '/srv/files', destination: '/files', readOnly: true },
      ],
      egress: 'none',
    },
    { port: 9000, path: '/' },
    { policy: { allowedVolumeRoots: ['/srv'] } },
  );
  expect(refusals).toEqual([]);
  expect(desired.services[0]?.spec).toMatchObject({
    command: ['serve', '--greeting=${name} "x"', '08', 'on', ' '],
    env: { LEVEL: '1.10', EMPTY: '', ODD: 'a: b # c\nd', 'with.dot': 'yes' },
    user: '1000:2000',
    port: 9000,
    path: '/',
    resources: { memoryBytes: 128 * 2 ** 20, cpu: 0.25, pids: 50 },
    volumes: [
      { source: 'data', destination: '/data', readOnly: false, external: true },
      { source: '/srv/files', destination: '/files', readOnly: true },
    ],
    network: { egress: 'none' },
  });
});

test('What looks secret stands in the document as a reference, and its value beside it alone', () => {
  const { text, secrets, desired } = draft({ env: { API_KEY: 'planted-1', LEVEL: 'info' } });
  expect(text).not.toContain('planted-1');
  expect(secrets).toEqual([
    { variable: 'API_KEY', reference: 'file:echo/API_KEY', value: 'planted-1' },
  ]);
  expect(desired.services[0]?.spec.env).toEqual({
    API_KEY: { secret: 'file:echo/API_KEY' },
    LEVEL: 'info',
  });
});

test('What every runtime tells a program by itself is left out', () => {
  const { text } = draft({ env: { PORT: '8000', MCP_SERVICE_NAME: 'x', LEVEL: 'info' } });
  expect(text).not.toContain('PORT:');
  expect(text).not.toContain('MCP_SERVICE_NAME');
});

test.each<readonly [string, Partial<ContainerFacts>, Partial<ImportWish>, number]>([
  ['said', { ports: [80, 443] }, { port: 7000 }, 7000],
  ['the only one', { ports: [7000], env: { PORT: '1' } }, {}, 7000],
  ['told to the program', { ports: [80, 7000], env: { PORT: '7000' } }, {}, 7000],
  ['told, and none is declared', { ports: [], env: { MCP_PORT: '7000' } }, {}, 7000],
])('The port is what is %s', (_how, facts, wish, port) => {
  const { refusals, desired } = draft(facts, wish);
  expect(refusals).toEqual([]);
  expect(desired.services[0]?.spec.port).toBe(port);
});

test('Everything that speaks against it is told at once, with what would allow it', () => {
  const { refusals } = draft(
    {
      ports: [80, 443],
      user: '0',
      image: 'evil/echo:1',
      forbidden: ['it is privileged'],
      env: { 'bad name': '1' },
      volumes: [
        { source: '/etc', destination: '/host', readOnly: true },
        { source: '/run/podman/podman.sock', destination: '/sock', readOnly: false },
      ],
    },
    {},
    { policy: { allowedImages: ['mcp/*'] } },
  );
  const told = refusals.join('\n');
  expect(refusals).toHaveLength(7);
  expect(told).toContain('it is privileged: nothing allows that in a document');
  expect(told).toContain('its variable "bad name" has a name that none may have');
  expect(told).toContain('as it has 80, 443: add --port N');
  expect(told).toContain('ALLOW_ROOT=true');
  expect(told).toContain('allowed: mcp/*');
  expect(told).toContain('host path /etc is not allowed');
  expect(told).toContain("holds the container engine's socket");
});

test('A secret among the arguments is named by its option, never shown, and keeps the whole from being written', () => {
  const command = [
    'serve',
    '--api-key=planted',
    '--token',
    'planted',
    '--token-file',
    '/t',
    '--keys',
  ];
  const { refusals } = draft({
    command: [...command, 'http://me:planted@host/', 'http://me:planted@other/'],
  });
  expect(refusals.map((refusal) => refusal.split(',')[0])).toEqual([
    'command --api-key looks secret',
    'command --token looks secret',
    'command --keys looks secret',
    'command[8] looks secret',
  ]);
  expect(refusals.join()).not.toContain('planted');
});

test('A name that a document has already is refused, a file that exists is not overwritten', () => {
  const files = { 'echo.yaml': fleet('  other: {image: x}\n') };
  expect(draft({}, {}, { files })).toMatchObject({ file: 'echo-imported.yaml', refusals: [] });
  const named = { 'fleet.yaml': fleet('  echo: {image: x}\n') };
  expect(draft({}, {}, { files: named }).refusals.join()).toContain('already defined');
  expect(draft({}, { service: 'No Name' }).refusals.join()).toContain('No Name');
});

test('Limits that it does not have are told, as the defaults hold later', () => {
  expect(draft().notes).toEqual(['it has no limit of memory, cpu, pids; then the default']);
});
