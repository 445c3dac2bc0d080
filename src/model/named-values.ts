import { isRecord, toRecord, type UnknownRecord } from './record.ts';

/** A value in the fields of a service or template that goes by a name: a variable, a header, an option of a command. */
export interface NamedValue {
  readonly field: 'env' | 'headers' | 'authentication' | 'url' | 'other';
  /** Where it stands, told without its value: `env.API_KEY`, `command --api-key`. */
  readonly at: string;
  readonly name: string;
  readonly value: unknown;
}

/** What shall stand there; of a map goes what is answered as `undefined`. */
type Change = (value: NamedValue) => unknown;

const FIELDS: Readonly<Record<string, NamedValue['field']>> = {
  env: 'env',
  environment: 'env',
  headers: 'headers',
  with: 'other',
  labels: 'other',
  verify: 'other',
  authentication: 'authentication',
  health_check: 'other',
};

const URLS = new Set(['url', 'endpoint', 'endpoint_url']);

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
export function mapNamedValues(fields: UnknownRecord, change: Change): UnknownRecord {
  const changed = Object.entries(fields).map(([field, value]) => {
    if (field === 'command' && Array.isArray(value)) return [field, mapCommand(value, change)];
    if (URLS.has(field)) return [field, change({ field: 'url', at: field, name: field, value })];
    if (!isRecord(value)) return [field, value];
    if (field === 'parameters') return [field, mapParameters(value, change)];
    if (field === 'environments') return [field, mapEnvironments(value, change)];
    if (field === 'default_config') return [field, mapWithin(field, value, change)];
    const kind = Object.hasOwn(FIELDS, field) ? FIELDS[field] : undefined;
    return [field, kind ? mapDeep({ field: kind, at: field, value }, change) : value];
  });
  return Object.fromEntries(changed);
}

/** What a template has for one runtime alone. */
function mapEnvironments(environments: UnknownRecord, change: Change): UnknownRecord {
  return mapEach(environments, (runtime, fields) =>
    mapWithin(`environments.${runtime}`, fields, change),
  );
}

function mapWithin(place: string, fields: unknown, change: Change): UnknownRecord {
  return mapNamedValues(toRecord(fields), (named) =>
    change({ ...named, at: `${place}.${named.at}` }),
  );
}

/** The defaults of a template's parameters. */
function mapParameters(parameters: UnknownRecord, change: Change): UnknownRecord {
  if (!isRecord(parameters['properties'])) return parameters;
  const properties = mapEach(parameters['properties'], (name, property) => {
    if (!isRecord(property) || !Object.hasOwn(property, 'default')) return property;
    const at = `parameters.${name}`;
    return {
      ...property,
      default: change({ field: 'other', at, name, value: property['default'] }),
    };
  });
  return { ...parameters, properties };
}

function mapEach(record: UnknownRecord, map: (name: string, value: unknown) => unknown) {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [name, map(name, value)]),
  );
}

/** Values in maps and lists; a reference to a secret is one value where there can be one. */
function mapDeep(place: Omit<NamedValue, 'name'>, change: Change): unknown {
  const { field, at, value } = place;
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).map(
    ([name, inner]) =>
      [name, mapInner({ field, at: `${at}.${name}`, name, value: inner }, change)] as const,
  );
  return Object.fromEntries(entries.filter(([, mapped]) => mapped !== undefined));
}

function mapInner(here: NamedValue, change: Change): unknown {
  const { field, at, value } = here;
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) =>
      mapInner({ ...here, at: `${at}[${index}]`, value: item }, change),
    );
  }
  const isMap = isRecord(value) && (field === 'other' || typeof value['secret'] !== 'string');
  return isMap ? mapDeep(here, change) : change(here);
}

/** `--name=value`, `NAME=value`, `Header: value`: what stands before the value, and its name. */
const NAMED_PART = /^(?<lead>(?<name>-{0,2}[A-Za-z][\w.-]*)(?:=|:\s+))(?<value>.+)$/s;
const OPTION = /^--?[A-Za-z][^=\s]*$/;

function mapCommand(command: readonly unknown[], change: Change): readonly unknown[] {
  const told = new Map<string, number>();
  return command.map((part, index) => {
    if (typeof part !== 'string' || OPTION.test(part)) return part;
    const {
      lead = '',
      name = optionBefore(command, index),
      value = part,
    } = NAMED_PART.exec(part)?.groups ?? {};
    const count = (told.get(name) ?? 0) + 1;
    told.set(name, count);
    // By its name, so that it is found again where others come and go before it.
    const place = name === '' ? `[${index}]` : ` ${name}${count > 1 ? ` (${count})` : ''}`;
    const changed = change({ field: 'other', at: `command${place}`, name, value });
    return typeof changed === 'string' ? `${lead}${changed}` : part;
  });
}

/** `--name value`: the name. */
function optionBefore(command: readonly unknown[], index: number): string {
  const before = command[index - 1];
  return typeof before === 'string' && OPTION.test(before) ? before : '';
}
