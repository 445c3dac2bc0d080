import { releaseOf } from '../../../src/model/revision.ts';
import type { Step, Wait } from '../../../src/model/plan.ts';
import type { DesiredService } from '../../../src/model/service.ts';
import { found, wanted } from '../../helpers/services.ts';
import {
  createRoad,
  recreateRoad,
  removeStep,
  type Sample,
  sampleOf,
  servicePlan,
  sideOf,
  startStep,
  stopStep,
  surgeRoad,
  targetOf,
  wait,
} from './build-plan.ts';

const SECRET = '/mcp/search#API_KEY';
const withSecret = { env: { API_KEY: { secret: SECRET }, LOG_LEVEL: 'info' } };
const fresh = { reason: 'create_because_new', cause: 'not found' } as const;
const gone = { reason: 'remove_because_not_desired', cause: 'no document names it' } as const;

export function createSample(): Sample {
  const search = wanted('search', { spec: withSecret });
  const road = createRoad(search, { ...fresh, secretVersions: { [SECRET]: '3' } });
  const after = sideOf(search);
  return sampleOf([servicePlan('search', { change: 'create', ...fresh, after, road })], {
    desired: [search],
    commit: { id: '4f2a91c', dirty: true },
  });
}

/** What it becomes is known once the image is pulled: the registry is asked in any case. */
export function pullSample(): Sample {
  const web = webService('always');
  const { url: _url, ...after } = sideOf(web);
  const road = [...pullRoad(web, fresh, 'names follow'), ...createRoad(web, fresh)];
  return sampleOf([servicePlan('web', { change: 'create', ...fresh, after, road })], {
    desired: [web],
  });
}

/** Somebody asked for a newer image of one; of another it was found already. */
export function updateSample(): Sample {
  const look = { reason: 'pull_by_request', cause: 'asked by anna' } as const;
  const cause = 'image moves from sha256:aaaaaaaaaaaa to sha256:bbbbbbbbbbbb';
  const why = { reason: 'replace_by_request', cause } as const;
  const [asked, moved] = [webService('missing', 'asked'), webService('missing', 'moved')];
  const old = found(moved, { imageId: OLD_IMAGE });
  const plans = [
    servicePlan('asked', {
      change: 'update',
      ...look,
      before: sideOf(asked, { release: 'r1-asked', imageId: OLD_IMAGE }),
      after: sideOf(asked),
      road: pullRoad(asked, look, 'another image replaces what runs'),
    }),
    servicePlan('moved', {
      change: 'replace',
      ...why,
      before: sideOf(moved, {
        release: old.release,
        imageId: OLD_IMAGE,
        imageDigest: 'sha256:d1',
      }),
      after: sideOf(moved, { imageId: NEW_IMAGE, imageDigest: 'sha256:d2' }),
      replacePaths: ['imageId'],
      road: recreateRoad(moved, old, why),
    }),
  ];
  return sampleOf(plans, { desired: [asked, moved], instances: [old] });
}

const OLD_IMAGE = `sha256:${'a'.repeat(64)}`;
const NEW_IMAGE = `sha256:${'b'.repeat(64)}`;

function webService(pull: DesiredService['pull'], name = 'web'): DesiredService {
  const { command: _command, ...spec } = wanted(name).spec;
  return { ...wanted(name, { pull }), spec: { ...spec, image: 'docker.io/library/nginx:1.29' } };
}

function pullRoad(
  { runtime, spec: { image = '' } }: DesiredService,
  why: Pick<Step, 'reason' | 'cause'>,
  then: string,
): readonly (Step | Wait)[] {
  return [{ kind: 'pull', runtime, image, policy: 'always', ...why }, wait('pulled', then)];
}

export function replaceSample(): Sample {
  const before = wanted('search', { spec: withSecret });
  const after = wanted('search', {
    spec: {
      command: ['node', 'server.ts', '--fast'],
      env: { API_KEY: { secret: '/mcp/shared#API_KEY' }, REGION: 'eu' },
      resources: { ...before.spec.resources, memoryBytes: 512 * 1024 * 1024 },
    },
  });
  const old = found(before, { secretVersions: { [SECRET]: '3' } });
  const why = { reason: 'replace_because_spec_changed', cause: 'command, env changed' } as const;
  const secretVersions = { '/mcp/shared#API_KEY': '7' };
  const plan = servicePlan('search', {
    change: 'replace',
    ...why,
    before: sideOf(before, { release: old.release }),
    after: sideOf(after),
    replacePaths: ['command', 'env', 'resources.memoryBytes'],
    road: recreateRoad(after, old, { ...why, secretVersions }),
  });
  return sampleOf([plan], { desired: [after], instances: [old] });
}

export function surgeSample(): Sample {
  const search = wanted('search', { spec: withSecret });
  const old = found(search, { secretVersions: { [SECRET]: '3' } });
  const secretVersions = { [SECRET]: '4' };
  const why = { reason: 'replace_because_secret_changed', cause: `${SECRET} changed` } as const;
  const release = releaseOf({ revision: search.revision, secretVersions });
  const plan = servicePlan('search', {
    change: 'replace',
    ...why,
    before: sideOf(search, { release: old.release }),
    after: sideOf(search, { release }),
    road: surgeRoad(search, old, { ...why, secretVersions }),
  });
  return sampleOf([plan], { desired: [search], instances: [old] });
}

export function removeSample(): Sample {
  const old = found('old');
  const data = found('data');
  const asked = { reason: 'remove_by_request', cause: 'removed by anna' } as const;
  const plans = [
    servicePlan('data', {
      change: 'remove',
      ...asked,
      before: sideOf(wanted('data'), { release: data.release }),
      road: [
        { kind: 'unroute', slug: 'data', ...asked },
        stopStep(data, asked),
        removeStep(data, asked, ['data']),
      ],
    }),
    servicePlan('old', {
      change: 'remove',
      ...gone,
      before: sideOf(wanted('old'), { release: old.release }),
      road: [{ kind: 'unroute', slug: 'old', ...gone }, stopStep(old, gone), removeStep(old, gone)],
    }),
  ];
  return sampleOf(plans, { instances: [data, old] });
}

export function blockedSample(): Sample {
  const tooMany = {
    code: 'REMOVAL_TOO_MANY',
    cause: '7 of 12 services would go within 10 minutes, at most 5 may',
    allow: 'restore the documents, or `mcp-manager apply --allow-removals 7`',
  };
  const kept = {
    code: 'REMOVAL_PROTECTED',
    cause: 'the service is protected',
    allow: 'put its document back with `protected: false`, then remove it',
  };
  const plans = [
    { name: 'frail', gate: tooMany },
    { name: 'grand', gate: kept },
    { name: 'hoary', gate: tooMany },
  ].map(({ name, gate }) => {
    const road = [wait('allowed', `removal blocked: ${gate.cause}`)];
    return servicePlan(name, {
      change: 'remove',
      ...gone,
      before: sideOf(wanted(name)),
      gate,
      road,
    });
  });
  return sampleOf(plans, { instances: [found('frail'), found('grand'), found('hoary')] });
}

export function powerSample(): Sample {
  const on = wanted('on');
  const off = wanted('off', { power: 'off' });
  const stopped = found(on, { state: 'exited' });
  const running = found(off);
  const start = { reason: 'start_because_stopped', cause: 'it was stopped' } as const;
  const stop = { reason: 'stop_because_power_off', cause: 'power is off' } as const;
  const plans = [
    servicePlan('off', {
      change: 'update',
      ...stop,
      before: sideOf(off, { power: 'on' }),
      after: sideOf(off),
      road: [{ kind: 'unroute', slug: 'off', ...stop }, stopStep(running, stop)],
    }),
    servicePlan('on', {
      change: 'update',
      ...start,
      before: sideOf(on, { power: 'off' }),
      after: sideOf(on),
      road: [startStep(stopped, start), ...createRoad(on, start).slice(2)],
    }),
  ];
  return sampleOf(plans, { desired: [off, on], instances: [running, stopped] });
}

export function adoptionSample(): Sample {
  const asked = { reason: 'forget_by_request', cause: 'let go running' } as const;
  const instance = found('mine');
  const adopts = {
    reason: 'import_by_document',
    cause: 'its document adopts old-theirs',
  } as const;
  const { name } = found('theirs');
  const adopt = { kind: 'adopt', runtime: 'memory', from: 'old-theirs', ...adopts } as const;
  const plans = [
    servicePlan('mine', {
      change: 'forget',
      ...asked,
      before: sideOf(wanted('mine')),
      road: [{ kind: 'forget', runtime: 'memory', target: targetOf(instance), ...asked }],
    }),
    servicePlan('theirs', {
      change: 'import',
      ...adopts,
      after: sideOf(wanted('theirs')),
      road: [
        { ...adopt, target: { id: 'theirs-1', name } },
        ...createRoad(wanted('theirs'), adopts).slice(2),
      ],
    }),
  ];
  return sampleOf(plans, { desired: [wanted('theirs')], instances: [instance] });
}
