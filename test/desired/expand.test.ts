import { describe, expect, test } from 'vitest';
import type { Policy } from '../../src/desired/policy.ts';
import type { DesiredService } from '../../src/model/service.ts';
import { fleet, linesOf, memoryLoader, setOf } from './load-texts.ts';

interface Given {
  readonly runtime?: string;
  readonly file?: string;
  readonly policy?: Partial<Policy>;
  readonly templates?: Readonly<Record<string, object>>;
}

function load(service: string, { runtime, file = 'a.yaml', policy, templates }: Given = {}) {
  const texts =
    templates &&
    Object.fromEntries(
      Object.entries(templates).map(([name, template]) => [
        `${name}.json`,
        JSON.stringify(template),
      ]),
    );
  return memoryLoader(policy, runtime)(setOf({ [file]: fleet(`  a: ${service}\n`) }, texts));
}

function expand(service: string, given?: Given): DesiredService {
  const desired = load(service, given);
  const [found] = desired.services;
  if (!found) throw new Error(linesOf(desired).join('\n'));
  return found;
}

test('every default is filled in', () => {
  expect(expand('{image: x}')).toEqual({
    name: 'a',
    origin: 'file',
    runtime: 'memory',
    spec: {
      image: 'x',
      env: {},
      user: '1000',
      transport: 'http',
      port: 8000,
      path: '/mcp',
      resources: { memoryBytes: 268_435_456, cpu: 0.5, pids: 128 },
      volumes: [],
      network: { egress: 'all' },
    },
    revision: expect.stringMatching(/^v1-[0-9a-f]{24}$/),
    slug: 'a',
    labels: {},
    replicas: 1,
    rollout: {
      strategy: 'surge',
      deadlineMs: 120_000,
      stableForMs: 10_000,
      drainMs: 30_000,
      onFailure: 'rollback',
    },
    verify: { kind: 'mcp', tools: [], everyMs: 60_000, timeoutMs: 10_000 },
    pull: 'missing',
    power: 'on',
    protected: false,
    directory: '/fleet/desired',
    place: { file: 'a.yaml', line: 3, column: 3 },
  });
});

test('environment values are taken exactly as written', () => {
  const { env } = expand(
    '{image: x, env: {A: 08, B: 1.10, C: True, D: "x", E: 0x10, F: 12345678901234567890}}',
  ).spec;

  expect(env).toEqual({
    A: '08',
    B: '1.10',
    C: 'True',
    D: 'x',
    E: '0x10',
    F: '12345678901234567890',
  });
});

test('secrets are references, written as one or as the string of the platform', () => {
  const { env } = expand(
    '{image: x, env: {A: {secret: "/mcp/a#K"}, B: "secret_ref:i:B", C: {secret: "env:C"}, D: {secret: "file:a/d"}}}',
  ).spec;

  expect(env).toEqual({
    A: { secret: '/mcp/a#K' },
    B: { secret: 'secret_ref:i:B' },
    C: { secret: 'env:C' },
    D: { secret: 'file:a/d' },
  });
});

test.each([
  ['env:1A'],
  ['env:'],
  ['file:/etc/passwd'],
  ['file:../x'],
  ['file:a/../x'],
  ['/path'],
  ['/a#'],
  ['vault:x'],
  [''],
])('the secret reference %j is refused', (reference) => {
  expect(load(`{image: x, env: {A: {secret: "${reference}"}}}`).services).toEqual([]);
});

test.each([
  ['on', 'on'],
  ['off', 'off'],
  ['true', 'on'],
  ['false', 'off'],
  ['"off"', 'off'],
])('power %s is %s', (written, power) => {
  expect(expand(`{image: x, power: ${written}}`).power).toBe(power);
});

test.each([
  ['256Mi', 268_435_456],
  ['512m', 536_870_912],
  ['1g', 1_073_741_824],
  ['1.5Gi', 1_610_612_736],
  ['10000000', 10_000_000],
])('memory %s is %i bytes', (written, bytes) => {
  expect(expand(`{image: x, resources: {memory: ${written}}}`).spec.resources.memoryBytes).toBe(
    bytes,
  );
});

describe('a template', () => {
  const templates = {
    t: {
      image: 'i:${tag}',
      port: 7000,
      command: ['run', '--name=${name}', '$${HOME}', '${port}'],
      env: { A: 'template', B: 'template' },
      labels: { team: 'a' },
      resources: { memory: '${memory}', pids: '${pids}' },
      rollout: { drain: '5s' },
      parameters: {
        type: 'object',
        properties: {
          tag: { type: 'string', default: 'latest' },
          name: { type: 'string', default: '${tag}-name' },
          memory: { type: 'string', default: '64Mi' },
          pids: { type: 'integer', default: 10 },
        },
      },
      environments: { process: { command: ['node', 'x.ts'], env: { B: 'process' } } },
    },
  };

  test('gives what the service does not say, and maps are merged', () => {
    const service = expand(
      '{template: t, with: {tag: v2}, port: 9000, env: {A: own}, rollout: {deadline: 1m}}',
      { templates },
    );

    expect(service).toMatchObject({
      template: 't',
      directory: '/fleet/templates',
      labels: { team: 'a' },
      rollout: { deadlineMs: 60_000, drainMs: 5_000 },
      spec: {
        image: 'i:v2',
        port: 9000,
        command: ['run', '--name=v2-name', '${HOME}', '${port}'],
        env: { A: 'own', B: 'template' },
        resources: { memoryBytes: 67_108_864, cpu: 0.5, pids: 10 },
      },
    });
  });

  test('differs by runtime where its overlay says so', () => {
    const { spec } = expand('{template: t}', { templates, runtime: 'process' });

    expect(spec).toMatchObject({ command: ['node', 'x.ts'], env: { A: 'template', B: 'process' } });
  });

  test('runs a command of the service itself in the folder of its document', () => {
    const service = expand('{template: t, command: [mine]}', { templates, file: 'team/a.yaml' });

    expect(service.directory).toBe('/fleet/desired/team');
  });

  test.each([
    {
      image: 'i',
      port: 1,
      environment: { A: 'x' },
      memory_limit: '64m',
      cpu_limit: '0.25',
      volumes: [{ source: 'v', destination: '/d', read_only: true }],
    },
    {
      default_config: {
        image: 'i',
        port: 1,
        environment: { A: 'x' },
        memory_limit: '64m',
        cpu_limit: '0.25',
      },
      volumes: { v: '/d' },
      capabilities: ['x'],
    },
  ])('may be written as the platform writes it', (t) => {
    const { spec } = expand('{template: t}', { templates: { t } });

    expect(spec).toMatchObject({
      image: 'i',
      port: 1,
      env: { A: 'x' },
      resources: { memoryBytes: 67_108_864, cpu: 0.25 },
      volumes: [{ source: 'v', destination: '/d' }],
    });
  });

  test('may require environment that the service sets', () => {
    const t = { image: 'i', required_env_vars: ['TOKEN'] };

    expect(load('{template: t}', { templates: { t } }).problems).toMatchObject([
      { code: 'ENV_MISSING' },
    ]);
    expect(
      expand('{template: t, env: {TOKEN: {secret: "env:T"}}}', { templates: { t } }).name,
    ).toBe('a');
  });
});
