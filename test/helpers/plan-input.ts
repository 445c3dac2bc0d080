import type { Instance, Observation } from '../../src/model/instance.ts';
import { desiredDigest } from '../../src/model/revision.ts';
import type { Route } from '../../src/model/route.ts';
import type { SecretState } from '../../src/model/secret.ts';
import type { DesiredService, FrozenService } from '../../src/model/service.ts';
import { type Verification, verifySettings } from '../../src/model/verification.ts';
import type { PlanInput } from '../../src/plan/input.ts';
import { START_MS, wanted } from './services.ts';

export type InputOverrides = Omit<Partial<PlanInput>, 'desired'> & {
  readonly services?: readonly DesiredService[];
  readonly frozen?: readonly FrozenService[];
  /** What the runtime `memory` reports. */
  readonly instances?: readonly Instance[];
  readonly routed?: readonly Route[];
  readonly checked?: readonly Verification[];
  /** Why not every document can be read. */
  readonly incomplete?: string;
};

/** A complete input: one observed runtime `memory`, a working router, nothing else unless given. */
export function inputOf(overrides: InputOverrides = {}): PlanInput {
  const { services = [], frozen = [], instances = [], routed = [], checked = [] } = overrides;
  const { incomplete, ...rest } = overrides;
  return {
    nowMs: START_MS,
    scope: 'all',
    desired: {
      services,
      frozen,
      problems: [],
      complete: incomplete === undefined,
      ...(incomplete !== undefined && { incompleteCause: incomplete }),
    },
    digests: new Map(services.map((service) => [service.name, desiredDigest(service)])),
    observations: new Map([['memory', observed(instances)]]),
    routes: { ok: true, routes: routed },
    secrets: new Map(),
    images: new Map(),
    bridges: new Map(),
    rollsMovedTags: true,
    verifications: new Map(checked.map((check) => [check.instanceId, check])),
    openCalls: new Map(),
    observer: {},
    histories: new Map(),
    requests: [],
    removals: removals({}),
    busy: new Set(),
    settings: { maxPrunePercent: 30, baseUrl: 'http://router.test' },
    ...rest,
  };
}

/** So many went lately that are not there any more, and so many were allowed to go. */
export function removals({ recent = 0, allowed = 0 }): PlanInput['removals'] {
  const gone = Array.from({ length: recent }, (_item, index) => `went-${index}`);
  return { recent: gone, allowances: allowed === 0 ? [] : [{ count: allowed, used: [] }] };
}

/** What a runtime says that answers. */
export function observed(
  instances: readonly Instance[],
  foreign: readonly { readonly id: string; readonly name: string }[] = [],
): Observation {
  return { ok: true, instances, foreign, limitations: [] };
}

/** The route that a running instance of `wanted(name)` needs. */
export function routeTo(instance: Instance, slug: string = instance.service): Route {
  const targets = [{ instance: instance.name, url: instance.url ?? '' }];
  return { slug, service: instance.service, path: '/mcp', targets };
}

/** A check of an instance that passed when it started, with the default settings of `wanted`. */
export function checkOf(instance: Instance, overrides: Partial<Verification> = {}): Verification {
  const atMs = instance.startedAtMs ?? START_MS;
  const failed = overrides.result?.outcome === 'failed';
  return {
    instanceId: instance.id,
    startedAtMs: atMs,
    settings: verifySettings(wanted(instance.service).verify, instance.spec?.path ?? '/mcp'),
    result: { outcome: 'verified', era: 'modern', tools: ['echo'] },
    atMs,
    strikes: 0,
    ...(!failed && { verifiedAtMs: atMs }),
    ...overrides,
  };
}

/** Everything about a service that runs, is verified and is routed. */
export function settled(
  ...instances: readonly Instance[]
): Pick<InputOverrides, 'instances' | 'routed' | 'checked'> {
  return {
    instances,
    routed: instances.map((instance) => routeTo(instance)),
    checked: instances.map((instance) => checkOf(instance)),
  };
}

export function secretsOf(
  versions: Readonly<Record<string, string>>,
): ReadonlyMap<string, SecretState> {
  return new Map(
    Object.entries(versions).map(([reference, version]) => [reference, { kind: 'known', version }]),
  );
}
