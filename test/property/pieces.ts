import fc from 'fast-check';
import type { ServiceHistory } from '../../src/model/history.ts';
import type { Instance } from '../../src/model/instance.ts';
import { instanceName } from '../../src/model/names.ts';
import type { Request } from '../../src/model/request.ts';
import { releaseOf } from '../../src/model/revision.ts';
import type { Route } from '../../src/model/route.ts';
import type { DesiredService } from '../../src/model/service.ts';
import { type Verification, verifySettings } from '../../src/model/verification.ts';
import { START_MS } from '../helpers/services.ts';
import { history, moment } from './past.ts';
import { desired, HOUR_MS, IMAGES, REVISIONS, SECRET } from './versions.ts';

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
