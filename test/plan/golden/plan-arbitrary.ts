import fc from 'fast-check';
import type { Instance } from '../../../src/model/instance.ts';
import type { ChangeKind, Plan, Reason, ServicePlan, Step, Wait } from '../../../src/model/plan.ts';
import type { DesiredService } from '../../../src/model/service.ts';
import type { PlanFacts } from '../../../src/plan/document.ts';
import { found, START_MS, wanted } from '../../helpers/services.ts';
import {
  createRoad,
  factsOf,
  planOf,
  removeStep,
  servicePlan,
  sideOf,
  startStep,
  stopStep,
  targetOf,
  wait,
} from './build-plan.ts';

/** Stands where values may lie that no plan shows: logs, internal addresses. */
export const PLANTED = 'hunter2-sk-live-4242';

/** Any plan that the model allows, sensible or not, with what it was made from. */
export const anyPlan: fc.Arbitrary<{ readonly plan: Plan; readonly facts: PlanFacts }> = fc
  .uniqueArray(fc.constantFrom('echo', 'search', 'constructor', 'a-b', 'z9'), { maxLength: 4 })
  .chain((names) => fc.tuple(...names.toSorted().map(anyService)))
  .map((services) => ({
    plan: planOf(...services.map(({ service }) => service)),
    facts: factsOf({
      desired: services.map(({ desired }) => desired),
      instances: services.map(({ instance }) => instance),
    }),
  }));

interface AnyService {
  readonly service: ServicePlan;
  readonly desired: DesiredService;
  readonly instance: Instance;
}

const KINDS = ['no-op', 'create', 'update', 'replace', 'remove', 'forget', 'import'] as const;
const REASONS = [
  'no_change',
  'create_because_new',
  'replace_because_spec_changed',
  'remove_leftover',
] as const;
const UNTIL = ['verified', 'back-off-ends', 'allowed', 'unpaused', 'mended'] as const;
const text = fc.string({ unit: 'binary', maxLength: 12 });

function anyService(name: string): fc.Arbitrary<AnyService> {
  return anyDesired(name).chain((desired) => {
    const instance = found(desired, { url: `http://user:${PLANTED}@host` });
    const parts = {
      change: fc.constantFrom<ChangeKind[]>(...KINDS),
      reason: fc.constantFrom<Reason[]>(...REASONS),
      cause: text,
      road: fc.array(anyItem(desired, instance), { maxLength: 6 }),
      replacePaths: fc.subarray(['env', 'port', 'resources.pids']),
      sides: fc.subarray(['before', 'after'] as const),
      gated: fc.boolean(),
    };
    return fc.record(parts).map(({ sides, gated, ...rest }) => {
      const quiet = servicePlan(name);
      const service = servicePlan(name, {
        ...rest,
        ...(sides.includes('before') && { before: sideOf(wanted(name)) }),
        ...(sides.includes('after') && { after: sideOf(desired) }),
        ...(gated && { gate: { code: 'X', cause: rest.cause, allow: 'say so' } }),
        status: { ...quiet.status, cause: PLANTED, lastLog: [PLANTED] },
      });
      return { service, desired, instance };
    });
  });
}

function anyDesired(name: string): fc.Arbitrary<DesiredService> {
  const value = fc.oneof(
    text,
    fc.constantFrom('/a#KEY', '/b#KEY').map((secret) => ({ secret })),
  );
  const key = fc.constantFrom('KEY', 'LEVEL', 'toString', 'é');
  const env = fc.dictionary(key, value, { noNullPrototype: true });
  const port = fc.integer({ min: 1, max: 65_535 });
  return fc
    .record({ env, port, command: fc.array(text, { maxLength: 3 }) })
    .map((spec) => wanted(name, { spec }));
}

function anyItem(desired: DesiredService, instance: Instance): fc.Arbitrary<Step | Wait> {
  return text.chain((cause) => {
    const why = { reason: 'create_because_new', cause } as const;
    const [create, , , route] = createRoad(desired, { ...why, secretVersions: { '/a#KEY': '3' } });
    const target = targetOf(instance);
    return fc.oneof(
      fc.constantFrom(
        ...[create, route].filter((item) => item !== undefined),
        startStep(instance, why),
        stopStep(instance, why),
        removeStep(instance, why, ['data']),
        { kind: 'forget', runtime: 'memory', target, ...why } as const,
        { kind: 'unroute', slug: desired.slug, ...why } as const,
      ),
      fc
        .tuple(fc.constantFrom(...UNTIL), fc.option(fc.nat(1e9), { nil: undefined }))
        .map(([until, ms]) => wait(until, cause, ms === undefined ? ms : START_MS + ms)),
    );
  });
}
