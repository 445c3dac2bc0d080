import { digestOf } from '../model/canonical.ts';
import { looksSecret } from '../model/looks-secret.ts';
import type { Origin } from '../model/service.ts';
import { isRecord, toRecord, type UnknownRecord } from '../model/record.ts';
import { isPlatformReference } from './secret-reference.ts';

/** Stands in answers for every value that is secret; sent back, it means that nothing changes. */
const REDACTED = '[REDACTED]';

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

/** Takes values that look secret out of `env` and `headers`, and puts references in their place (design §14). */
export function shelterSecrets(fields: UnknownRecord, owner: Owner): Sheltered {
  const secrets: ShelteredSecret[] = [];
  const keep = (name: string, value: string): string => {
    const lower = `file:${owner.origin}/${owner.service}/${name.toLowerCase()}`;
    // Names that differ in nothing but case are different variables.
    const isTaken = secrets.some(({ reference }) => reference === lower);
    const reference = isTaken ? `${lower}-${digestOf(name, 8)}` : lower;
    secrets.push({ reference, value });
    return reference;
  };
  const env = mapField(fields, 'env', (name, value) =>
    isClear(value) && looksSecret(name, value) ? { secret: keep(`env-${name}`, value) } : value,
  );
  const headers = mapField(fields, 'headers', (name, value) =>
    isClear(value) && isSecretHeader(name, value) ? toHeader(name, value, keep) : value,
  );
  return { fields: { ...fields, ...env, ...headers }, secrets };
}

/** What came back as it was shown means what is written. */
export function keepRedacted(wanted: UnknownRecord, before: UnknownRecord): UnknownRecord {
  const kept = (field: 'env' | 'headers'): UnknownRecord => {
    const was = toRecord(before[field]);
    return mapField(wanted, field, (name, value) =>
      value === REDACTED && Object.hasOwn(was, name) ? was[name] : value,
    );
  };
  return { ...wanted, ...kept('env'), ...kept('headers') };
}

/** The first value that says it shall stay where there is none: `env.API_KEY`. */
export function findNothingKept(fields: UnknownRecord): string | undefined {
  return (['env', 'headers'] as const)
    .flatMap((field) =>
      Object.entries(toRecord(fields[field])).map(([name, value]) => ({
        at: `${field}.${name}`,
        value,
      })),
    )
    .find(({ value }) => value === REDACTED)?.at;
}

/** `Bearer abc`: the scheme stays readable, and only the rest is secret. */
function toHeader(name: string, value: string, keep: (name: string, value: string) => string) {
  const [, prefix, rest = value] = /^(Bearer |Basic |Token )(.+)$/s.exec(value) ?? [];
  const secret = keep(`header-${name}`, rest);
  return prefix === undefined ? { secret } : { secret, prefix };
}

function isSecretHeader(name: string, value: string): boolean {
  return /authorization|cookie/i.test(name) || looksSecret(name, value);
}

function isClear(value: unknown): value is string {
  return typeof value === 'string' && !isPlatformReference(value);
}

/** That field with another value for each name; nothing where it is no map. */
function mapField(
  fields: UnknownRecord,
  field: 'env' | 'headers',
  change: (name: string, value: unknown) => unknown,
): UnknownRecord {
  const map = fields[field];
  if (!isRecord(map)) return {};
  const changed = Object.entries(map).map(([name, value]) => [name, change(name, value)] as const);
  return { [field]: Object.fromEntries(changed) };
}
