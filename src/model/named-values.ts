import { digestOf } from './canonical.ts';
import { mapCommand } from './command-values.ts';
import type { ChangeValue, NamedValue } from './named-value.ts';
import { isRecord, toRecord, type UnknownRecord } from './record.ts';

/** All that is not named here may hold a value of any name. */
const FIELDS: Readonly<Record<string, NamedValue['field']>> = {
  env: 'env',
  environment: 'env',
  headers: 'headers',
  authentication: 'authentication',
  url: 'url',
  endpoint: 'url',
  endpoint_url: 'url',
};
/** Says which tokens are let in by their ids, and holds none. */
const HARMLESS = new Set(['auth']);

/** All of them, in the order of the fields. */
export function namedValues(fields: UnknownRecord): readonly NamedValue[] {
  const found: NamedValue[] = [];
  mapNamedValues(fields, (named) => {
    found.push(named);
    return named.value;
  });
  return found;
}

/** The same fields with other values for what has a name. */
export function mapNamedValues(fields: UnknownRecord, change: ChangeValue): UnknownRecord {
  const changed = Object.entries(fields).map(([name, value]) => [
    name,
    mapField(name, value, change),
  ]);
  return Object.fromEntries(changed);
}

function mapField(name: string, value: unknown, change: ChangeValue): unknown {
  const field = Object.hasOwn(FIELDS, name) ? (FIELDS[name] ?? 'other') : 'other';
  if (HARMLESS.has(name)) return value;
  // A list of `NAME=value` is no map of variables, and holds them all the same.
  const isList = name === 'command' || field === 'env' || field === 'headers';
  if (isList && Array.isArray(value)) return mapCommand(name, value, change);
  if (name === 'parameters' && isRecord(value)) return mapParameters(value, change);
  if (name === 'environments' && isRecord(value)) {
    return mapEach(value, (runtime, own) =>
      mapWithin(`environments${partOf(runtime)}`, own, change),
    );
  }
  if (name === 'default_config' && isRecord(value)) return mapWithin(name, value, change);
  return mapInner({ field, at: name, name, value }, change);
}

function mapWithin(place: string, fields: unknown, change: ChangeValue): UnknownRecord {
  return mapNamedValues(toRecord(fields), (named) =>
    change({ ...named, at: `${place}.${named.at}` }),
  );
}

/** What a template gives its parameters, and lets them be. */
function mapParameters(parameters: UnknownRecord, change: ChangeValue): UnknownRecord {
  if (!isRecord(parameters['properties'])) return parameters;
  const properties = mapEach(parameters['properties'], (name, property) => {
    if (!isRecord(property)) return property;
    return mapEach(property, (keyword, value) => {
      if (keyword === 'properties')
        return mapParameters({ properties: value }, change)['properties'];
      const at = `parameters${partOf(name)}.${keyword}`;
      return VALUES.has(keyword) ? mapInner({ field: 'other', at, name, value }, change) : value;
    });
  });
  return { ...parameters, properties };
}

const LONGEST_PART = 100;
const VALUES = new Set(['default', 'const', 'enum', 'examples']);

function mapEach(record: UnknownRecord, map: (name: string, value: unknown) => unknown) {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [name, map(name, value)]),
  );
}

/** Values in maps and lists; a reference to a secret is one value where there can be one. */
function mapInner(here: NamedValue, change: ChangeValue): unknown {
  const { field, at, value } = here;
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) =>
      mapInner({ ...here, at: `${at}[${index}]`, value: item }, change),
    );
  }
  if (!isRecord(value)) return change(here);
  if (field !== 'other' && typeof value['secret'] === 'string') return change(here);
  const entries = Object.entries(value).map(([name, inner]) => {
    const there = { field, at: `${at}${partOf(name)}`, name, value: inner };
    return [name, mapInner(there, change)] as const;
  });
  return Object.fromEntries(entries.filter(([, mapped]) => mapped !== undefined));
}

/** A name with a dot in it is no two names; a long one must not be said again and again. */
function partOf(name: string): string {
  if (name.length > LONGEST_PART) return `."${name.slice(0, LONGEST_PART)}… ${digestOf(name)}"`;
  return /^[^.[\]"]+$/.test(name) ? `.${name}` : `.${JSON.stringify(name)}`;
}
