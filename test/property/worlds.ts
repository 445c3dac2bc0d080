import fc from 'fast-check';
import type { Image } from '../../src/model/image.ts';
import type { Adoption, ForeignObject, Observation } from '../../src/model/instance.ts';
import { instanceName } from '../../src/model/names.ts';
import { desiredDigest, releaseOf } from '../../src/model/revision.ts';
import type { SecretState } from '../../src/model/secret.ts';
import { adoptions } from '../../src/plan/adopted.ts';
import { inputOf, removals } from '../helpers/plan-input.ts';
import { START_MS } from '../helpers/services.ts';
import { type Outsiders, outsiders } from './outsiders.ts';
import { type Piece, piece } from './pieces.ts';
import { IMAGE, IMAGES, REVISIONS, SECRET } from './versions.ts';
import type { Registry, Simulated } from './simulate.ts';

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'];
const RUNTIMES = ['memory', 'other'];

/**
 * `calm` leaves out what holds a service still for ever: blindness, freezing, pauses, protection,
 * terminal failures, missing secrets. Everything else may be wrong with the world in both.
 */
export function worlds({ calm }: { readonly calm: boolean }): fc.Arbitrary<Simulated> {
  const names = fc.uniqueArray(fc.constantFrom(...NAMES), { maxLength: calm ? 4 : NAMES.length });
  const trouble = <T>(value: fc.Arbitrary<T>, none: T): fc.Arbitrary<T> =>
    calm ? fc.constant(none) : fc.oneof({ weight: 3, arbitrary: fc.constant(none) }, value);
  return names.chain((chosen) =>
    fc
      .record({
        pieces: fc.tuple(...chosen.map((name) => piece(name, calm))),
        foreign: fc.array(foreignObject(), { maxLength: 2 }),
        around: fc.tuple(...chosen.map((name) => outsiders(name, calm))),
        blind: trouble(fc.subarray([...RUNTIMES]), []),
        unopened: trouble(fc.boolean(), false),
        router: trouble(fc.boolean(), false),
        complete: trouble(fc.boolean(), true),
        secret: calm ? fc.constantFrom(...KNOWN) : fc.constantFrom(...KNOWN, ...UNKNOWN),
        stored: fc.tuple(storedImage(), storedImage()),
        registry: fc.record({
          image: fc.constantFrom(...IMAGES),
          down: fc.constantFrom(0, 0, 0, 1, 3),
        }),
        fault: fc.constantFrom(undefined, START_MS - 1, START_MS + 60_000),
        recent: fc.nat(6),
        allowed: calm ? fc.constant(NAMES.length) : fc.constantFrom(0, 0, 1, 3),
        scope: trouble(fc.subarray(NAMES), NAMES),
      })
      .map(toInput),
  );
}

interface Parts {
  readonly pieces: readonly Piece[];
  readonly foreign: readonly ForeignObject[];
  readonly around: readonly Outsiders[];
  readonly blind: readonly string[];
  readonly unopened: boolean;
  readonly router: boolean;
  readonly complete: boolean;
  readonly secret: SecretState;
  /** What `IMAGE` means in the store of each runtime. */
  readonly stored: readonly (Image | undefined)[];
  readonly registry: Registry;
  readonly fault: number | undefined;
  readonly recent: number;
  readonly allowed: number;
  readonly scope: readonly string[];
}

function toInput(parts: Parts): Simulated {
  const { pieces, blind, complete, stored, registry, fault, recent, allowed, scope } = parts;
  const services = pieces.flatMap(({ service }) => (service ? [service] : []));
  const frozen = pieces.filter((one) => one.frozen);
  const opened = parts.unopened ? RUNTIMES.slice(0, 1) : RUNTIMES;
  const histories = new Map(pieces.map(({ name, history }) => [name, history]));
  const told = adoptions(services, histories);
  const observations = opened.map((runtime): [string, Observation] => [
    runtime,
    blind.includes(runtime) ? { ok: false, cause: 'no answer' } : observe(parts, runtime, told),
  ]);
  const incomplete = complete && frozen.length === 0 ? {} : { incomplete: 'b.yaml: unreadable' };
  const input = inputOf({
    services,
    frozen: frozen.map(({ name }) => ({ name, cause: 'its document is broken' })),
    ...incomplete,
    digests: new Map(services.map((service) => [service.name, desiredDigest(service)])),
    observations: new Map(observations),
    routes: parts.router
      ? { ok: false, cause: 'no router' }
      : { ok: true, routes: pieces.flatMap(({ routes }) => routes) },
    secrets: new Map([[SECRET, parts.secret]]),
    images: new Map(RUNTIMES.map((runtime, at) => [runtime, toStore(stored[at])])),
    checked: pieces.flatMap(({ checks }) => checks),
    observer: fault === undefined ? {} : { fault: { cause: 'the observer', untilMs: fault } },
    histories,
    requests: pieces.flatMap(({ requests }) => requests),
    removals: removals({ recent, allowed }),
    busy: new Set(pieces.filter(({ busy }) => busy).map(({ name }) => name)),
    scope: scope.length === NAMES.length ? 'all' : new Set(scope),
  });
  return { ...input, registry };
}

/** Images that run stay in the store; what the reference means may be gone. */
function toStore(meaning: Image | undefined): ReadonlyMap<string, Image> {
  return new Map([
    ...IMAGES.map((image) => [image.id, image] as const),
    ...(meaning ? [[IMAGE, meaning] as const] : []),
  ]);
}

function storedImage(): fc.Arbitrary<Image | undefined> {
  return fc.constantFrom(undefined, ...IMAGES);
}

/** A runtime tells of a container that is not ours only where it was told to. What is not ours is on one. */
function observe(
  { pieces, foreign, around }: Parts,
  runtime: string,
  told: ReadonlyMap<string, Adoption>,
): Observation {
  const located = pieces.flatMap(({ instances }) => instances);
  const own = located.filter((one) => one.runtime === runtime).map(({ instance }) => instance);
  if (runtime !== RUNTIMES[0]) return { ok: true, instances: own, foreign, limitations: [] };
  const adopted = around.flatMap(({ adopted: one }) => (one && told.has(one.id) ? [one] : []));
  const strays = around.flatMap((one) => one.strays);
  const orphans = around.flatMap((one) => one.orphans);
  const instances = [...own, ...adopted];
  return { ok: true, instances, foreign: [...foreign, ...strays], limitations: [], orphans };
}

const KNOWN: readonly SecretState[] = [
  { kind: 'known', version: 'k1-v1' },
  { kind: 'known', version: 'k1-v2' },
  { kind: 'known', version: 'k2-v3' },
];
const UNKNOWN: readonly SecretState[] = [
  { kind: 'missing', cause: 'no such secret' },
  { kind: 'unavailable', cause: 'the provider is down' },
];

/** Foreign objects hold names that we would like to give. */
function foreignObject(): fc.Arbitrary<ForeignObject> {
  return fc
    .record({ name: fc.constantFrom(...NAMES), of: fc.constantFrom(...REVISIONS) })
    .map(({ name, of }) => {
      const release = releaseOf({ revision: of.revision, secretVersions: {} });
      const held = instanceName(name, release, 1);
      return { id: `foreign-${held}`, name: held };
    });
}
