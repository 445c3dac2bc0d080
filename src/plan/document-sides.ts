import { mapNamedValues, namedValues } from '../model/named-values.ts';
import { toRecord, type UnknownRecord } from '../model/record.ts';
import { isClearSecret } from '../model/redact.ts';
import type { Instance } from '../model/instance.ts';
import type { ServicePlan, Side, Step, Wait } from '../model/plan.ts';

/** Both ends of a change as the document shows them. */
export interface Sides {
  readonly before: Side | null;
  readonly after: Side | null;
}

type Versions = Readonly<Record<string, string>>;
type CreateStep = Extract<Step, { kind: 'create' }>;

/**
 * Both ends of a change: a secret as `(secret <version>)` with its reference only where that changes,
 * and what can't be known yet as `(known after pull)` or `(known after start)`.
 */
export function sidesOf(service: ServicePlan, instances: readonly Instance[]): Sides {
  const { before, after, road } = service;
  const afterVersions = createStepOf(road)?.secretVersions ?? versionsOf(after, instances);
  return {
    before:
      before === undefined
        ? null
        : withSecrets(before, { versions: versionsOf(before, instances), other: after?.spec }),
    after:
      after === undefined
        ? null
        : withSecrets(withKnownLater(after, service, instances), {
            versions: afterVersions,
            other: before?.spec,
            isAfter: true,
          }),
  };
}

function versionsOf(side: Side | undefined, instances: readonly Instance[]): Versions {
  const known = instances.filter(({ secretVersions }) => secretVersions !== undefined);
  const match =
    known.find(({ release }) => release === side?.release) ??
    known.find(({ revision }) => side?.release === undefined && revision === side?.revision);
  return match?.secretVersions ?? {};
}

/** A release that is made already is known, one that the road makes is named by its step. */
function withKnownLater(after: Side, service: ServicePlan, instances: readonly Instance[]): Side {
  const { road } = service;
  const release = after.release ?? releaseAfter(after, service, instances);
  const starts = road.some(({ kind }) => kind === 'create' || kind === 'start');
  const url = after.url ?? (starts ? '(known after start)' : undefined);
  return {
    ...after,
    ...(release !== undefined && { release }),
    ...(isImageOpen(service) && { imageId: AFTER_PULL }),
    ...(url !== undefined && { url }),
  };
}

function releaseAfter(
  after: Side,
  { before, road }: ServicePlan,
  instances: readonly Instance[],
): string | undefined {
  if (road.some(isUntilPulled)) return AFTER_PULL;
  const made = before?.revision === after.revision ? before : madeOf(after, instances);
  return (createStepOf(road) ?? made)?.release;
}

/** Of what is there already only a look, or a pull that asks in any case, says more. */
function isImageOpen({ before, after, road }: ServicePlan): boolean {
  if (road.some(isUntilPulled)) return true;
  return !before && after?.imageId === undefined && road.some(({ kind }) => kind === 'pull');
}

function isUntilPulled(item: Step | Wait): boolean {
  return item.kind === 'wait' && item.until === 'pulled';
}

const AFTER_PULL = '(known after pull)';

function createStepOf(road: readonly (Step | Wait)[]): CreateStep | undefined {
  return road.find((item): item is CreateStep => item.kind === 'create');
}

function madeOf({ revision }: Side, instances: readonly Instance[]): Instance | undefined {
  return instances.find((instance) => instance.revision === revision);
}

interface SecretContext {
  readonly versions: Versions;
  /** The spec on the other side of the change. */
  readonly other: unknown;
  /** Then a secret in clear says that it is another one: else nobody could see that it changes. */
  readonly isAfter?: boolean;
}

function withSecrets(side: Side, context: SecretContext): Side {
  if (!isObject(side.spec)) return side;
  const spec = hideClearSecrets(side.spec, context);
  const maps = MAPS_WITH_SECRETS.flatMap((name) => {
    const map = spec[name];
    return isObject(map) ? [[name, hideSecrets(name, map, context)] as const] : [];
  });
  return { ...side, spec: { ...spec, ...Object.fromEntries(maps) } };
}

function hideClearSecrets(spec: UnknownRecord, { other, isAfter }: SecretContext): UnknownRecord {
  const others = new Map(namedValues(toRecord(other)).map(({ at, value }) => [at, value]));
  return mapNamedValues(spec, (named) => {
    const { at, value } = named;
    if (!isClearSecret(named)) return value;
    const isAnother = isAfter === true && others.has(at) && others.get(at) !== value;
    return isAnother ? '(another secret in clear)' : '(secret in clear)';
  });
}

const MAPS_WITH_SECRETS = ['env', 'headers'] as const;

function hideSecrets(
  name: (typeof MAPS_WITH_SECRETS)[number],
  map: Readonly<Record<string, unknown>>,
  { versions, other }: SecretContext,
): Readonly<Record<string, unknown>> {
  const otherMap = isObject(other) && isObject(other[name]) ? other[name] : {};
  const shown = Object.entries(map).map(([key, value]) => {
    const reference = referenceOf(value);
    if (reference === undefined) return [key, value];
    const otherReference = referenceOf(Object.hasOwn(otherMap, key) ? otherMap[key] : undefined);
    const moved = otherReference !== undefined && otherReference !== reference;
    const version = Object.hasOwn(versions, reference) ? ` ${versions[reference]}` : '';
    return [key, `(secret${version}${moved ? ` of ${reference}` : ''})`];
  });
  return Object.fromEntries(shown);
}

function referenceOf(value: unknown): string | undefined {
  return isObject(value) && typeof value['secret'] === 'string' ? value['secret'] : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object';
}
