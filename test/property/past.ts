import fc from 'fast-check';
import type { Failure, FailureKind, GoodRelease, ServiceHistory } from '../../src/model/history.ts';
import { desiredDigest, releaseOf } from '../../src/model/revision.ts';
import { START_MS } from '../helpers/services.ts';
import type { Piece } from './pieces.ts';
import { adoptableId, desired, HOUR_MS, IMAGE, REVISIONS } from './versions.ts';

/** What is remembered of a service, whatever is there of it now. */
export function history(
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
      releases: releasesOf(name, instances),
      stoppedInstanceId: fc.constantFrom('nobody', ...instances.map(({ instance }) => instance.id)),
    },
    { requiredKeys: [] },
  );
}

/** Mostly past; sometimes later than now, as when the clock was set back. */
export function moment(): fc.Arbitrary<number> {
  return fc.integer({ min: -HOUR_MS, max: HOUR_MS / 2 }).map((offset) => START_MS + offset);
}

/** Good once: what is there now, or what nobody has seen for long. */
function releasesOf(
  name: string,
  instances: Piece['instances'],
): fc.Arbitrary<readonly GoodRelease[]> {
  const made = instances.flatMap(({ runtime, instance }) => {
    const of = REVISIONS.find(({ revision }) => revision === instance.revision);
    const { release, imageId } = instance;
    const version = of && { ...of, name, slug: name, runtime };
    return version ? [{ release, version, ...(imageId !== undefined && { imageId }) }] : [];
  });
  const gone = REVISIONS.map((of) => ({
    release: releaseOf({ revision: of.revision, secretVersions: {} }),
    version: { ...of, name, slug: name },
  }));
  return fc
    .uniqueArray(fc.constantFrom(...made, ...gone), {
      selector: ({ release }) => release,
      minLength: 1,
      maxLength: 3,
    })
    .chain((all) =>
      fc
        .constantFrom('verified' as const, 'needs-auth' as const)
        .map((outcome) => all.map((one) => ({ ...one, outcome, atMs: START_MS }))),
    );
}
