import fc from 'fast-check';
import type { Failure, FailureKind, ServiceHistory } from '../../src/model/history.ts';
import type { Instance } from '../../src/model/instance.ts';
import { instanceName } from '../../src/model/names.ts';
import type { Request } from '../../src/model/request.ts';
import { desiredDigest, releaseOf } from '../../src/model/revision.ts';
import type { Route } from '../../src/model/route.ts';
import type { DesiredService } from '../../src/model/service.ts';
import { type Verification, verifySettings } from '../../src/model/verification.ts';
import { START_MS, wanted } from '../helpers/services.ts';

export const SECRET = 'file:/key';
export const IMAGE = 'echo:1';
export const IMAGES = ['image-1', 'image-2', 'image-3'].map((id) => ({ id }));
const HOUR_MS = 3_600_000;

/** The id of the container that documents of the service may adopt. */
export function adoptableId(service: string): string {
  return `theirs-${service}`;
}

/** Specs that differ in what makes a revision: one without, one with a secret, one with an image. */
const SPECS = [
  {},
  { env: { KEY: { secret: SECRET } } },
  { image: IMAGE, command: ['serve'] },
  { path: '/other' },
  { volumes: [{ source: 'data', destination: '/data', readOnly: false }] },
] as const;
export const REVISIONS = SPECS.map((spec) => wanted('any', { spec }));

/** One service with everything that belongs to it. */
export interface Piece {
  readonly name: string;
  readonly service: DesiredService | undefined;
  readonly frozen: boolean;
  readonly instances: readonly { readonly runtime: string; readonly instance: Instance }[];
  readonly checks: readonly Verification[];
  readonly routes: readonly Route[];
  readonly history: ServiceHistory;
  readonly requests: readonly Request[];
  readonly busy: boolean;
}

export function piece(name: string, calm: boolean): fc.Arbitrary<Piece> {
  const never = fc.constant(false);
  const seldom = calm ? never : fc.integer({ min: 0, max: 15 }).map((roll) => roll === 15);
  return fc
    .record({
      service: fc.option(desired(name, calm), { nil: undefined, freq: calm ? 4 : 2 }),
      frozen: seldom,
      found: fc.array(foundInstance(name), { maxLength: 3 }),
      slugs: fc.subarray([name, `${name}-old`]),
      routedTo: fc.nat(3),
      requests: calm
        ? fc.array(request(name, calm), { maxLength: 2 })
        : fc.oneof(
            { weight: 2, arbitrary: fc.constant([]) },
            fc.array(request(name, calm), { maxLength: 2 }),
          ),
      busy: seldom,
    })
    .chain((parts) => {
      const instances = parts.found.map(({ runtime, make }, index) => ({
        runtime,
        instance: make(index + 2),
      }));
      const checks = parts.found.flatMap(({ check }, index) => {
        const instance = instances[index]?.instance;
        return instance && check ? [check(instance, parts.service)] : [];
      });
      const target = instances[parts.routedTo]?.instance;
      const routes = parts.slugs.map((slug): Route => ({
        slug,
        service: name,
        path: '/mcp',
        targets: [{ instance: target?.name ?? 'gone', url: target?.url ?? 'http://gone' }],
      }));
      return history({ ...parts, name, instances }, calm).map((past) => ({
        ...parts,
        name,
        instances,
        checks,
        routes,
        history: past,
      }));
    });
}

function desired(name: string, calm: boolean): fc.Arbitrary<DesiredService> {
  return fc
    .record({
      spec: fc.constantFrom(...SPECS),
      runtime: fc.constantFrom('memory', 'memory', 'other'),
      power: fc.constantFrom('on', 'on', 'on', 'off'),
      isProtected: calm ? fc.constant(false) : fc.boolean(),
      kind: fc.constantFrom('mcp', 'mcp', 'none'),
      adopts: fc.constantFrom(false, false, true),
      // What is not there can never be made where nobody may be asked.
      pull: fc.constantFrom('missing', 'missing', 'always', calm ? 'missing' : 'never'),
    })
    .map(({ kind, isProtected, adopts, ...overrides }) => {
      const verify = { kind, tools: [], everyMs: 60_000, timeoutMs: 10_000 } as const;
      const adopt = adopts ? { adopt: adoptableId(name) } : {};
      return wanted(name, { ...overrides, ...adopt, protected: isProtected, verify });
    });
}

interface Found {
  readonly runtime: string;
  readonly make: (number: number) => Instance;
  readonly check:
    | ((instance: Instance, service: DesiredService | undefined) => Verification)
    | undefined;
}

function foundInstance(service: string): fc.Arbitrary<Found> {
  return fc
    .record({
      runtime: fc.constantFrom('memory', 'memory', 'other'),
      of: fc.constantFrom(...REVISIONS),
      version: fc.constantFrom(undefined, 'k1-v1', 'k1-v2'),
      imageId: fc.constantFrom(undefined, ...IMAGES.map(({ id }) => id)),
      state: fc.constantFrom('running', 'running', 'created', 'exited', 'paused'),
      ageMs: fc.integer({ min: -10_000, max: HOUR_MS }),
      drift: fc.subarray(['resources.memoryBytes', 'image', 'network'], { maxLength: 1 }),
      check: fc.constantFrom(undefined, 'passed', 'needs-auth', 'failed', 'lost', 'stale'),
    })
    .map(({ runtime, check, ...rest }) => ({
      runtime,
      make: (number) => instanceOf(service, number, rest),
      check: check && ((instance, of) => checkAs(check, instance, of)),
    }));
}

interface InstanceParts {
  readonly of: DesiredService;
  readonly version: string | undefined;
  readonly imageId: string | undefined;
  readonly state: Instance['state'];
  readonly ageMs: number;
  readonly drift: readonly string[];
}

function instanceOf(service: string, number: number, parts: InstanceParts): Instance {
  const { of, version, imageId, state, ageMs } = parts;
  const usesSecret = version !== undefined && 'KEY' in of.spec.env;
  const secretVersions = usesSecret ? { [SECRET]: version } : {};
  const release = releaseOf({ revision: of.revision, secretVersions });
  const name = instanceName(service, release, number);
  const startedAtMs = START_MS - ageMs;
  return {
    id: `id-${name}`,
    name,
    service,
    revision: of.revision,
    release,
    spec: of.spec,
    secretVersions,
    ...(imageId !== undefined && { imageId }),
    state,
    ...(state !== 'created' && { startedAtMs }),
    ...(state === 'running' && { url: `http://${name}` }),
    ...(state === 'exited' && { exit: { code: 1, signal: null, atMs: START_MS - ageMs / 2 } }),
    drift:
      state === 'created' ? [] : parts.drift.map((path) => ({ path, expected: 'x', actual: 'y' })),
  };
}

function checkAs(
  kind: 'passed' | 'needs-auth' | 'failed' | 'lost' | 'stale',
  { id, startedAtMs = 0 }: Instance,
  service: DesiredService | undefined,
): Verification {
  const settings = service ? verifySettings(service.verify, service.spec.path) : '';
  const base = { instanceId: id, startedAtMs, settings, atMs: START_MS, strikes: 0 };
  const failed = { outcome: 'failed', message: 'no answer' } as const;
  switch (kind) {
    case 'passed':
      return { ...base, result: { outcome: 'verified' }, verifiedAtMs: startedAtMs };
    case 'needs-auth':
      return { ...base, result: { outcome: 'needs-auth', message: '401' }, verifiedAtMs: 1 };
    case 'failed':
      return { ...base, result: failed, strikes: 4 };
    case 'lost':
      return { ...base, result: failed, strikes: 3, verifiedAtMs: startedAtMs };
    case 'stale':
      return { ...base, startedAtMs: startedAtMs - 1, result: { outcome: 'verified' } };
  }
}

function history(
  {
    name,
    service,
    instances,
    requests,
  }: Pick<Piece, 'name' | 'service' | 'instances' | 'requests'>,
  calm: boolean,
): fc.Arbitrary<ServiceHistory> {
  const kinds: readonly FailureKind[] = ['retry', 'infrastructure', calm ? 'retry' : 'terminal'];
  const failure = (...steps: readonly string[]): fc.Arbitrary<Failure> =>
    fc.record({
      kind: fc.constantFrom(...kinds),
      count: fc.integer({ min: 1, max: 40 }),
      lastMs: moment(),
      code: fc.constant('TIMED_OUT'),
      message: fc.constant('it took too long'),
      step: fc.constantFrom(...steps),
      desiredDigest: fc.constantFrom(service ? desiredDigest(service) : '', 'd1-other'),
    });
  return fc.record(
    {
      // A slug may have got another owner since.
      accepted: fc
        .tuple(desired(name, calm), fc.constantFrom(name, name, name, 'a'))
        .map(([accepted, slug]) => ({ ...accepted, slug })),
      removalApproved: fc.constantFrom(true),
      // Once renamed by hand it may hold its service still for ever.
      adoptedId: fc.constant(calm ? 'nobody' : adoptableId(name)),
      failure: failure('pull', 'create', 'start', 'stop', 'remove', 'route'),
      lookFailure: failure('pull'),
      pulled: fc.record({
        runtime: fc.constantFrom('memory', 'other'),
        image: fc.constantFrom(IMAGE, IMAGE, 'other:1'),
        atMs: moment(),
        answers: fc.subarray(requests.map(({ id }) => id)),
        used: fc.boolean(),
      }),
      restarts: fc.record({ count: fc.nat(12), lastMs: moment(), total: fc.nat(99) }),
      goodRelease: fc.constantFrom(
        'r1-other',
        ...instances.map(({ instance }) => instance.release),
      ),
      goodOutcome: fc.constantFrom('verified', 'needs-auth'),
      stoppedInstanceId: fc.constantFrom('nobody', ...instances.map(({ instance }) => instance.id)),
    },
    { requiredKeys: [] },
  );
}

/** Mostly past; sometimes later than now, as when the clock was set back. */
function moment(): fc.Arbitrary<number> {
  return fc.integer({ min: -HOUR_MS, max: HOUR_MS / 2 }).map((offset) => START_MS + offset);
}

function request(service: string, calm: boolean): fc.Arbitrary<Request> {
  const kinds = calm
    ? (['restart', 'update'] as const)
    : (['restart', 'update', 'pause', 'remove', 'forget'] as const);
  return fc
    .record({
      id: fc.uuid(),
      kind: fc.constantFrom(...kinds),
      atMs: moment(),
      volumes: fc.boolean(),
    })
    .map(({ kind, volumes, ...rest }): Request => {
      const base = { ...rest, by: 'ann', service };
      return kind === 'remove' ? { ...base, kind, volumes } : { ...base, kind };
    });
}
