import type { GoodRelease } from '../../src/model/history.ts';
import type { Instance } from '../../src/model/instance.ts';
import { instanceName } from '../../src/model/names.ts';
import type { RuntimeStep } from '../../src/model/plan.ts';
import { releaseOf, revisionOf } from '../../src/model/revision.ts';
import type { DesiredService, ServiceSpec } from '../../src/model/service.ts';

/** Start of "now" in tests that inject time: 2026-01-01T00:00:00Z. */
export const START_MS = Date.UTC(2026, 0, 1);

export type WantedOverrides = Partial<Omit<DesiredService, 'spec' | 'name'>> & {
  readonly spec?: Partial<ServiceSpec>;
};

/** A complete desired service with every default filled in; its revision follows its spec. */
export function wanted(name: string, overrides: WantedOverrides = {}): DesiredService {
  const { spec: specOverrides, ...rest } = overrides;
  const spec: ServiceSpec = {
    command: ['node', 'server.ts'],
    env: {},
    user: '1000',
    transport: 'http',
    port: 8000,
    path: '/mcp',
    resources: { memoryBytes: 256 * 1024 * 1024, cpu: 0.5, pids: 128 },
    volumes: [],
    network: { egress: 'all' },
    ...specOverrides,
  };
  return {
    name,
    origin: 'file',
    runtime: 'memory',
    spec,
    revision: revisionOf(spec),
    slug: name,
    labels: {},
    replicas: 1,
    rollout: {
      strategy: 'recreate',
      deadlineMs: 120_000,
      stableForMs: 0,
      drainMs: 30_000,
      onFailure: 'rollback',
    },
    verify: { kind: 'mcp', tools: [], everyMs: 60_000, timeoutMs: 10_000 },
    pull: 'missing',
    power: 'on',
    protected: false,
    directory: '/',
    place: { file: `${name}.yaml`, line: 3, column: 3 },
    ...rest,
  };
}

/** One running instance of `wanted(name)`, or of the service given, as its runtime would report it. */
export function found(of: string | DesiredService, overrides: Partial<Instance> = {}): Instance {
  const service = typeof of === 'string' ? wanted(of) : of;
  const { revision = service.revision, secretVersions = {} } = overrides;
  const { release = releaseOf({ revision, secretVersions }) } = overrides;
  const { name = instanceName(service.name, release, 1) } = overrides;
  return {
    id: `id-${name}`,
    name,
    service: service.name,
    revision,
    release,
    spec: service.spec,
    secretVersions,
    state: 'running',
    startedAtMs: START_MS,
    url: `http://memory/${name}`,
    drift: [],
    ...overrides,
  };
}

/** What is remembered of a service's release that proved itself. */
export function good(service: DesiredService, overrides: Partial<GoodRelease> = {}): GoodRelease {
  const { revision } = service;
  const release = releaseOf({ revision, secretVersions: {} });
  const atMs = START_MS - 60_000;
  return { release, version: service, outcome: 'verified', atMs, ...overrides };
}

/** The step that creates instance `number` of a service, as the planner would write it. */
export function createStep(
  service: DesiredService,
  { secretVersions = {}, number = 1 }: CreateStepOptions = {},
): Extract<RuntimeStep, { kind: 'create' }> {
  const release = releaseOf({ revision: service.revision, secretVersions });
  const target = { name: instanceName(service.name, release, number) };
  return { kind: 'create', target, release, secretVersions, service };
}

export interface CreateStepOptions {
  readonly secretVersions?: Readonly<Record<string, string>>;
  readonly number?: number;
}
