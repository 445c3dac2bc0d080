import type { PlanFacts } from '../../../src/plan/document.ts';
import { found, START_MS, wanted } from '../../helpers/services.ts';
import {
  createRoad,
  factsOf,
  planOf,
  type Sample,
  sampleOf,
  servicePlan,
  sideOf,
  startStep,
  targetOf,
  wait,
} from './build-plan.ts';
import {
  adoptionSample,
  blockedSample,
  createSample,
  powerSample,
  pullSample,
  removeSample,
  replaceSample,
  surgeSample,
  updateSample,
} from './changes.ts';

/** One plan for each thing that can be said; the file of the same name holds how it is said. */
export const samples = {
  'no-changes': sampleOf([servicePlan('echo')], { desired: [wanted('echo')] }),
  create: createSample(),
  'create-from-image': pullSample(),
  'update-of-images': updateSample(),
  replace: replaceSample(),
  'replace-by-surge': surgeSample(),
  remove: removeSample(),
  'blocked-removal': blockedSample(),
  drift: driftSample(),
  'crash-loop': crashLoopSample(),
  'frozen-and-paused': standstillSample(),
  power: powerSample(),
  'forget-and-import': adoptionSample(),
  problems: problemsSample(),
  everything: everythingSample(),
} as const satisfies Readonly<Record<string, Sample>>;

/** Each of the three signals on a service of its own: a limit, a lost instance, a crash. */
function driftSample(): Sample {
  const echo = wanted('echo');
  const instance = found(echo);
  const crashed = found('shop', { state: 'exited' });
  const limits = { reason: 'update_because_drifted', cause: 'its limits drifted' } as const;
  const lost = { reason: 'create_because_missing', cause: 'it is missing' } as const;
  const again = { reason: 'restart_because_crashed', cause: 'crashed: exit code 1' } as const;
  const running = { expected: 'running', actual: again.cause };
  const memory = { path: 'resources.memoryBytes', expected: '268435456', actual: '134217728' };
  const update = { kind: 'update', runtime: 'memory', target: targetOf(instance) } as const;
  const plans = [
    servicePlan('echo', {
      change: 'update',
      ...limits,
      before: sideOf(echo),
      after: sideOf(echo),
      road: [{ ...update, resources: echo.spec.resources, ...limits }],
      drift: [{ service: 'echo', signal: 'spec', instance: instance.name, ...memory }],
    }),
    servicePlan('lost', {
      change: 'create',
      ...lost,
      after: sideOf(wanted('lost')),
      road: createRoad(wanted('lost'), lost),
      drift: [{ service: 'lost', signal: 'existence', expected: 'present', actual: 'missing' }],
    }),
    servicePlan('shop', {
      change: 'update',
      ...again,
      road: [startStep(crashed, again)],
      drift: [{ service: 'shop', signal: 'runtime', instance: crashed.name, ...running }],
    }),
  ];
  const desired = [echo, wanted('lost'), wanted('shop')];
  return sampleOf(plans, { desired, instances: [instance, crashed] });
}

function crashLoopSample(): Sample {
  const instance = found('echo', { state: 'exited' });
  const why = { reason: 'restart_because_crashed', cause: 'crashed: ended by SIGSEGV' } as const;
  const plan = servicePlan('echo', {
    change: 'update',
    ...why,
    road: [
      wait('back-off-ends', `${why.cause}, 4 restarts so far`, START_MS + 16_000),
      startStep(instance, why),
      wait('verified', 'not verified yet'),
    ],
    drift: [
      {
        service: 'echo',
        signal: 'runtime',
        instance: instance.name,
        expected: 'running',
        actual: why.cause,
      },
    ],
  });
  return sampleOf([plan], { desired: [wanted('echo')], instances: [instance] });
}

function standstillSample(): Sample {
  const nextDayMs = START_MS + 86_400_000;
  return sampleOf([
    servicePlan('far', { road: [wait('observed', 'runtime podman does not answer', nextDayMs)] }),
    servicePlan('ice', { road: [wait('mended', 'desired/ice.yaml cannot be read')] }),
    servicePlan('lull', { road: [wait('unpaused', 'paused by anna')] }),
  ]);
}

function problemsSample(): Sample {
  const unknown = {
    file: 'desired/echo.yaml',
    line: 4,
    column: 5,
    code: 'KEY_UNKNOWN',
    message: 'unknown key "comand"',
    hint: 'did you mean "command"?',
    service: 'echo',
  };
  const file = { file: 'desired/broken.yaml', line: 0, column: 0 };
  const unreadable = { ...file, code: 'FILE_UNREADABLE', message: 'permission denied' };
  const plan = { ...planOf(servicePlan('echo')), problems: [unknown, unreadable] };
  return { plan, facts: factsOf() };
}

function everythingSample(): Sample {
  const parts: readonly Sample[] = [
    replaceSample(),
    removeSample(),
    blockedSample(),
    driftSample(),
    powerSample(),
    adoptionSample(),
    standstillSample(),
  ];
  const all = <T>(pick: (facts: PlanFacts) => readonly T[]): readonly T[] =>
    parts.flatMap(({ facts }) => pick(facts));
  const services = parts
    .flatMap(({ plan }) => plan.services)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return {
    plan: { ...problemsSample().plan, services },
    facts: factsOf({
      desired: all(({ world }) => [...world.desired.values()]),
      instances: all(({ world }) => world.instances),
      commit: { id: '4f2a91c', dirty: false },
    }),
  };
}
