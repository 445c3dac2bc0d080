import { digestOf, toCanonicalJson } from '../model/canonical.ts';
import type { NamedValue } from '../model/named-value.ts';
import { mapNamedValues, namedValues } from '../model/named-values.ts';
import { isRecord, toRecord, type UnknownRecord } from '../model/record.ts';
import { isClearSecret, isPlatformReference, REDACTED, redactFields } from '../model/redact.ts';
import type { Origin, ServiceSpec } from '../model/service.ts';

/** A value that must not stand in a document, and the reference that stands there for it. */
export interface ShelteredSecret {
  readonly reference: string;
  readonly value: string;
}

export interface Sheltered {
  readonly fields: UnknownRecord;
  readonly secrets: readonly ShelteredSecret[];
}

interface Owner {
  readonly service: string;
  readonly origin: Origin;
}

/** Takes values that look secret out of `env`, `headers` and `authentication`, and puts references in their place (design §14). */
export function shelterSecrets(fields: UnknownRecord, owner: Owner): Sheltered {
  const secrets: ShelteredSecret[] = [];
  const users = new Map(
    namedValues(fields).map(({ at, value }) => [toRecord(value)['secret'], at]),
  );
  const sheltered = mapNamedValues(fields, (named) => {
    const { at, field, name, value } = named;
    if (!isClearSecret(named)) return value;
    const keep = (own: string, text: string): string => {
      const usual = `file:${owner.origin}/${owner.service}/${own}`;
      // It may stand for the value of another place.
      const isFree = (users.get(usual) ?? at) === at;
      const reference = isFree ? usual : `${usual}-${digestOf(at, 8)}`;
      users.set(reference, at);
      secrets.push({ reference, value: text });
      return reference;
    };
    if (field === 'env') return { secret: keep(`env-${ownName(name)}`, String(value)) };
    if (field === 'headers') return toHeader(name, String(value), keep);
    if (field !== 'authentication') return value;
    return { secret: keep('authentication-token', String(value)) };
  });
  return { fields: sheltered, secrets };
}

/** Variables whose names differ in nothing but case are different ones. */
function ownName(name: string): string {
  const lower = name.toLowerCase();
  return name === name.toUpperCase() ? lower : `${lower}-${digestOf(name, 8)}`;
}

/** Where something looks secret that no reference can stand for, and was not there before. */
export function findInClear(fields: UnknownRecord, before: UnknownRecord): readonly string[] {
  const was = new Map(namedValues(before).map(({ at, value }) => [at, value]));
  return namedValues(fields)
    .filter((named) => isClearSecret(named) && was.get(named.at) !== named.value)
    .map(({ at }) => at);
}

/**
 * What came back as it was shown means what is written; and where nothing is, what the template gives, as
 * `supplied` has it. Of a command, by the name of its option, and only where as many came back as were shown; by
 * its place in a list only where nothing of the whole field was changed.
 */
export function keepRedacted(
  wanted: UnknownRecord,
  before: UnknownRecord,
  supplied: Pick<ServiceSpec, 'env' | 'headers'> | undefined,
): UnknownRecord {
  const hidden = Map.groupBy(namedValues(before).filter(isHidden), keyOf);
  const shown = Map.groupBy(namedValues(wanted).filter(isRedacted), keyOf);
  const taken = new Map<string, number>();
  const asShown = redactFields(before);
  const untouched = new Set(Object.keys(wanted).filter((top) => isSame(wanted[top], asShown[top])));
  return mapNamedValues(wanted, (named) => {
    if (!isRedacted(named)) return named.value;
    const key = keyOf(named);
    const [top = ''] = named.at.split(/[.[ ]/, 1);
    const isMoved = /\[\d+\]/.test(key) && !untouched.has(top);
    const values = isMoved ? [] : (hidden.get(key) ?? []);
    const next = taken.get(key) ?? 0;
    taken.set(key, next + 1);
    if (values.length > 0 && values.length === shown.get(key)?.length) return values[next]?.value;
    const { field, name, value } = named;
    const others = field === 'env' || field === 'headers' ? supplied?.[field] : undefined;
    return others && Object.hasOwn(others, name) ? undefined : value;
  });
}

function keyOf({ field, at, name }: NamedValue): string {
  return field === 'command' && name !== '' ? `command ${name}` : at;
}

function isSame(one: unknown, other: unknown): boolean {
  return toCanonicalJson(one ?? null) === toCanonicalJson(other ?? null);
}

function isRedacted({ value }: NamedValue): boolean {
  return value === REDACTED;
}

/** Whether it is shown as a value that nobody is to see: in a list another one may stand there now. */
function isHidden(named: NamedValue): boolean {
  return isClearSecret(named) || isRecord(named.value) || isPlatformReference(String(named.value));
}

/** The first value that says it shall stay, in whole or in part, where there is none: `env.API_KEY`. */
export function findNothingKept(fields: UnknownRecord, before: UnknownRecord): string | undefined {
  const was = new Map(namedValues(before).map(({ at, value }) => [at, value]));
  return namedValues(fields).find(
    ({ at, value }) =>
      typeof value === 'string' && value.includes(REDACTED) && was.get(at) !== value,
  )?.at;
}

/** What is wrong with what `findNothingKept` and `findInClear` found. */
export const SAID = {
  nothingKept: (at: string) => ({
    code: 'VALUE_FORMAT' as const,
    message: `${at} shall stay as it is, and there is no value yet`,
  }),
  inClear: (at: string) => ({
    code: 'SECRET_IN_CLEAR' as const,
    message: `${at} looks secret and is written in clear`,
  }),
};

/** `Bearer abc`: the scheme stays readable, and only the rest is secret. */
function toHeader(name: string, value: string, keep: (name: string, value: string) => string) {
  const [, prefix, rest = value] = /^(Bearer |Basic |Token )(.+)$/s.exec(value) ?? [];
  const secret = keep(`header-${name.toLowerCase()}`, rest);
  return prefix === undefined ? { secret } : { secret, prefix };
}
