import { sanitise } from '../model/names.ts';
import { type Finding, formatPath, type ValuePath } from './finding.ts';
import type { ProblemCode } from './problem-codes.ts';
import { isRecord, toRecord, toTexts } from '../model/record.ts';
import { suggest, suggestOrList } from './suggest.ts';

/** One error of the validator, without its untyped parts. */
export interface SchemaError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly schemaPath: string;
  readonly params: unknown;
  /** Set on what is said about a key by the schema of keys. */
  readonly propertyName?: unknown;
  readonly message?: string;
  readonly data?: unknown;
  readonly schema?: unknown;
  readonly parentSchema?: unknown;
}

/** Turns schema errors into findings that a person understands, one for each mistake. */
export function describeErrors(errors: readonly SchemaError[], root: unknown): readonly Finding[] {
  const findings = new Map<string, Finding>();
  for (const error of withoutNoise(errors)) {
    const path = toPath(error.instancePath, root);
    const finding = describeError(error, path);
    const key = JSON.stringify([finding.path, finding.code, finding.at]);
    if (!findings.has(key)) findings.set(key, finding);
  }
  return [...findings.values()];
}

/** Of a choice (`anyOf`) only the errors of the branch that fits the value's type say something. */
function withoutNoise(errors: readonly SchemaError[]): readonly SchemaError[] {
  const choices = new Set(
    errors.filter(({ keyword }) => keyword === 'anyOf').map(({ instancePath }) => instancePath),
  );
  return errors.filter((error) => {
    if (error.schemaPath.includes('/placeholder/') || error.propertyName !== undefined)
      return false;
    if (!choices.has(error.instancePath)) return true;
    const others = errors.filter(
      (other) =>
        other.instancePath === error.instancePath &&
        other.keyword !== 'type' &&
        other.keyword !== 'anyOf' &&
        !other.schemaPath.includes('/placeholder/') &&
        !isOfOtherType(other, errors),
    );
    if (others.length > 0) return others.includes(error);
    const inside = `${error.instancePath}/`;
    const isSaidInside = errors.some(({ instancePath }) => instancePath.startsWith(inside));
    return error.keyword === 'anyOf' && !isSaidInside;
  });
}

/** A list of words says nothing of a value that is no text. */
function isOfOtherType(error: SchemaError, errors: readonly SchemaError[]): boolean {
  const branchOf = ({ schemaPath }: SchemaError): string =>
    schemaPath.slice(0, schemaPath.lastIndexOf('/'));
  return errors.some(
    (other) =>
      other.keyword === 'type' &&
      other.instancePath === error.instancePath &&
      branchOf(other) === branchOf(error),
  );
}

/** Segments as keys or indices: a number is an index only where the value holds a list. */
function toPath(pointer: string, root: unknown): ValuePath {
  const path: (string | number)[] = [];
  let value = root;
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(value)) {
      const items: readonly unknown[] = value;
      path.push(Number(key));
      value = items[Number(key)];
    } else {
      path.push(key);
      value = isRecord(value) ? value[key] : undefined;
    }
  }
  return path;
}

function describeError(error: SchemaError, path: ValuePath): Finding {
  const name = formatPath(path.length > 2 && path[0] === 'services' ? path.slice(2) : path);
  const value = { path, at: 'value' as const };
  switch (error.keyword) {
    case 'additionalProperties':
      return unknownKey(String(param(error, 'additionalProperty')), path, error);
    case 'propertyNames':
      return badKey(String(param(error, 'propertyName')), path);
    case 'required':
      return missingField(String(param(error, 'missingProperty')), path, name);
    case 'enum':
    case 'const':
      return { ...value, ...notOneOf(error, name) };
    case 'type':
    case 'anyOf':
      return { ...value, ...wrongType(error, name) };
    case 'minimum':
    case 'maximum':
    case 'minLength':
    case 'maxLength':
    case 'minItems':
    case 'maxItems':
      return { ...value, code: 'VALUE_RANGE', message: `${name || 'it'} ${error.message ?? ''}` };
    default:
      return { ...value, ...wrongFormat(error, name) };
  }
}

type Said = { readonly code: ProblemCode; readonly message: string; readonly hint?: string };

function unknownKey(key: string, path: ValuePath, error: SchemaError): Finding {
  if (path.length === 1 && path[0] === 'services') return badName(key);
  const known = Object.keys(toRecord(toRecord(error.parentSchema)['properties']));
  const where = formatPath(path[0] === 'services' ? path.slice(2) : path);
  return {
    path: [...path, key],
    at: 'key',
    code: 'KEY_UNKNOWN',
    message: `"${key}" is no key of ${where || (path.length > 0 ? 'a service' : 'this file')}`,
    hint: suggestOrList(key, known, 'remove it'),
  };
}

function badName(name: string): Finding {
  const better = sanitise(name).slice(0, 50).replace(/-+$/, '');
  return {
    path: ['services', name],
    at: 'key',
    code: 'NAME_INVALID',
    message: `"${name}" is no service name: lower case letters, digits and dashes, at most 50`,
    ...(better !== '' && { hint: `for example "${better}"` }),
  };
}

function badKey(key: string, path: ValuePath): Finding {
  const map = formatPath(path.slice(-1));
  return {
    path: [...path, key],
    at: 'key',
    code: 'VALUE_FORMAT',
    message: `"${key}" cannot be a name in ${map}`,
    hint:
      map === 'labels'
        ? 'letters, digits, ".", "-", "_", and one "/" after a domain'
        : 'letters, digits and "_", not beginning with a digit',
  };
}

function missingField(field: string, path: ValuePath, name: string): Finding {
  return {
    path,
    at: 'key',
    code: 'FIELD_MISSING',
    message: `${name === '' ? 'the file' : name} has no \`${field}\``,
    hint: field === 'apiVersion' ? 'add `apiVersion: mcp-manager/v1`' : `add \`${field}:\``,
  };
}

function notOneOf(error: SchemaError, name: string): Said {
  const words = toTexts(param(error, 'allowedValues') ?? [param(error, 'allowedValue')]);
  const close = suggest(String(error.data), words) ?? `one of: ${words.join(', ')}`;
  const given = mayBeTold(name) ? clip(error.data) : kindOf(error.data);
  return { code: 'VALUE_UNKNOWN', message: `${name} cannot be ${given}`, hint: close };
}

const KINDS: Readonly<Record<string, string>> = {
  object: 'a map',
  array: 'a list',
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
};

function wrongType(error: SchemaError, name: string): Said {
  const types = typesOf(error);
  const wanted = types.map((type) => KINDS[type] ?? type).join(' or ');
  const subject = name === '' ? 'the file' : name.replace(/^services\./, '');
  const isTold = mayBeTold(name);
  const quote = types.includes('string') && typeof error.data !== 'object';
  const given = isTold && typeof error.data !== 'object' ? clip(error.data) : kindOf(error.data);
  return {
    code: 'VALUE_TYPE',
    message: `${subject} must be ${wanted}, not ${given}`,
    ...(quote && { hint: `put it in quotes${isTold ? `: "${clip(error.data)}"` : ''}` }),
    ...(name === 'services' && error.data === null && { hint: 'write `services: {}` for none' }),
  };
}

/** The types that a value may have: said by the error, or by the branches of a choice. */
function typesOf(error: SchemaError): readonly string[] {
  const type = param(error, 'type');
  if (type !== undefined) return typeof type === 'string' ? [type] : toTexts(type);
  const branches: readonly unknown[] = Array.isArray(error.schema) ? error.schema : [];
  return branches.map((branch) => {
    const { type: own, $ref } = toRecord(branch);
    if (typeof own === 'string') return own;
    return /secret$/i.test(String($ref)) ? '{secret: …}' : 'text';
  });
}

function param(error: SchemaError, name: string): unknown {
  return toRecord(error.params)[name];
}

function kindOf(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  return KINDS[typeof value] ?? 'of another kind';
}

/** Fields of one word or number, none of which is anybody's secret; what is in any other one is not repeated. */
const TOLD =
  /^(apiVersion|template|port|path|transport|runtime|replicas|power|protected|pull|slug|user|timeout|is_public|type|(resources|rollout|stdio|network|auth|platform)(\..+)?|volumes(\[.*)?|verify\.(kind|every|timeout|startup|lock)|memory_limit|cpu_limit)$/;

function mayBeTold(name: string): boolean {
  return TOLD.test(name);
}

function wrongFormat(error: SchemaError, name: string): Said {
  const shown = toTexts(toRecord(error.parentSchema)['examples']).slice(0, 3);
  return {
    code: 'VALUE_FORMAT',
    message: `${name} cannot be written ${mayBeTold(name) ? `as ${clip(error.data)}` : 'like this'}`,
    ...(shown.length > 0 && { hint: `for example ${shown.join(' or ')}` }),
  };
}

function clip(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
