import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { ProblemCode } from './problem-codes.ts';
import { toRecord, toTexts, type UnknownRecord } from '../model/record.ts';
import { findReferences, PORT_PARAMETER, substitute } from './substitute.ts';
import { suggest, suggestOrList } from './suggest.ts';

/** A mistake in the parameters; `name` is the parameter it is about. */
export interface ParameterMistake {
  readonly name?: string;
  readonly code: ProblemCode;
  readonly message: string;
  readonly hint: string;
}

export interface Parameters {
  readonly names: readonly string[];
  /** What is wrong with the declaration itself. */
  readonly mistakes: readonly ParameterMistake[];
  /** Values of all parameters that have one, or what is wrong with those given. */
  resolve(given: UnknownRecord): ResolvedParameters;
}

export interface ResolvedParameters {
  readonly values: ReadonlyMap<string, unknown>;
  readonly mistakes: readonly ParameterMistake[];
}

/** Compiles the JSON Schemas that templates declare for their parameters. */
export type CompileSchema = (schema: object) => ValidateFunction;

export function createSchemaCompiler(): CompileSchema {
  const ajv = new Ajv2020({
    allErrors: true,
    strict: false,
    ownProperties: true,
    addUsedSchema: false,
    // Each keyword checks its own value when it is compiled: enough, and 30 ms less.
    validateSchema: false,
  });
  formats.default(ajv);
  return (schema) => ajv.compile(schema);
}

/** Reads a template's `parameters`: names, defaults (which may name each other) and the check of values. */
export function readParameters(schema: UnknownRecord, compile: CompileSchema): Parameters {
  const properties = toRecord(schema['properties']);
  const names = Object.keys(properties);
  const defaults = new Map(
    names
      .map((name) => [name, toRecord(properties[name])] as const)
      .filter(([, property]) => Object.hasOwn(property, 'default'))
      .map(([name, property]) => [name, property['default']] as const),
  );
  const compiled = tryCompile({ type: 'object', ...schema }, compile);
  const mistakes = [
    ...('mistake' in compiled ? [compiled.mistake] : []),
    ...checkNames(names),
    ...checkDefaults(names, defaults),
  ];
  const isOpen = schema['additionalProperties'] === true || 'patternProperties' in schema;
  return {
    names,
    mistakes,
    resolve(given) {
      const unknown = isOpen ? [] : checkGiven(given, names);
      const values = fillDefaults(given, defaults);
      if ('mistake' in compiled || unknown.length > 0) return { values, mistakes: unknown };
      return { values, mistakes: validate(compiled.validate, values) };
    },
  };
}

type Compiled = { readonly validate: ValidateFunction } | { readonly mistake: ParameterMistake };

function tryCompile(schema: object, compile: CompileSchema): Compiled {
  try {
    return { validate: compile(schema) };
  } catch (error) {
    // The library throws on a schema that is none: here that is a mistake in somebody's file.
    const message = error instanceof Error ? error.message : String(error);
    const hint = 'see https://json-schema.org/draft/2020-12';
    return {
      mistake: { code: 'TEMPLATE_PARAMETERS', message: `no usable JSON Schema: ${message}`, hint },
    };
  }
}

function checkNames(names: readonly string[]): readonly ParameterMistake[] {
  return names.flatMap((name): ParameterMistake[] => {
    if (name === PORT_PARAMETER) {
      const message = '"port" is a built-in parameter';
      return [{ name, code: 'PARAMETER_RESERVED', message, hint: 'give it another name' }];
    }
    if (/^[A-Za-z_][A-Za-z0-9_-]*$/.test(name)) return [];
    const hint = 'letters, digits, "_" and "-", beginning with a letter';
    return [{ name, code: 'TEMPLATE_PARAMETERS', message: `"${name}" is no parameter name`, hint }];
  });
}

function checkDefaults(
  names: readonly string[],
  defaults: ReadonlyMap<string, unknown>,
): readonly ParameterMistake[] {
  const done = new Set<string>();
  return [...defaults].flatMap(([name, value]): ParameterMistake[] => {
    const unknown = findReferences(value).find((reference) => !names.includes(reference.name));
    if (unknown) return [{ ...unknownReference(unknown.name, names), name }];
    const circle = findCircle([name], defaults, done);
    if (!circle) return [];
    const message = `default of "${name}" needs itself: ${circle.join(' → ')}`;
    return [
      { name, code: 'PARAMETER_CYCLE', message, hint: 'give one of them a value of its own' },
    ];
  });
}

/** What to say of a `${name}` that no parameter has. */
export function unknownReference(name: string, names: readonly string[]): ParameterMistake {
  const close = suggestOrList(name, names, 'there are no parameters');
  return {
    code: 'PARAMETER_UNKNOWN',
    message: `\${${name}} names no parameter`,
    hint: `${close}; for a literal \${ write $\${`,
  };
}

/** The way from its last name back to a name on it; every name is left once, so this ends. */
function findCircle(
  way: readonly string[],
  defaults: ReadonlyMap<string, unknown>,
  done: Set<string>,
): readonly string[] | undefined {
  const name = way.at(-1) ?? '';
  if (done.has(name)) return undefined;
  for (const { name: next } of findReferences(defaults.get(name))) {
    const start = way.indexOf(next);
    const circle =
      start < 0 ? findCircle([...way, next], defaults, done) : [...way.slice(start), next];
    if (circle) {
      for (const passed of way) done.add(passed);
      return circle;
    }
  }
  done.add(name);
  return undefined;
}

function checkGiven(given: UnknownRecord, names: readonly string[]): readonly ParameterMistake[] {
  return Object.keys(given)
    .filter((name) => !names.includes(name))
    .map((name) => ({
      name,
      code: 'PARAMETER_UNKNOWN',
      message: `"${name}" is no parameter of the template`,
      hint: suggest(name, names) ?? suggestOrList(name, names, 'it has none: remove it'),
    }));
}

/** Defaults may name parameters whose defaults name others: as many rounds as there are defaults. */
function fillDefaults(
  given: UnknownRecord,
  defaults: ReadonlyMap<string, unknown>,
): ReadonlyMap<string, unknown> {
  const values = new Map(Object.entries(given));
  const open = new Map([...defaults].filter(([name]) => !values.has(name)));
  for (let round = open.size; round > 0 && open.size > 0; round -= 1) {
    for (const [name, value] of open) {
      if (findReferences(value).some((reference) => open.has(reference.name))) continue;
      values.set(name, substitute(value, values));
      open.delete(name);
    }
  }
  return values;
}

function validate(
  check: ValidateFunction,
  values: ReadonlyMap<string, unknown>,
): readonly ParameterMistake[] {
  if (check(Object.fromEntries(values))) return [];
  return (check.errors ?? []).map((error) => {
    if (error.keyword === 'required') {
      const name = String(error.params['missingProperty']);
      const message = `parameter "${name}" has no value`;
      return { code: 'PARAMETER_MISSING', message, hint: `add \`${name}:\` under \`with:\`` };
    }
    const name = error.instancePath.split('/')[1];
    return {
      ...(name !== undefined && { name }),
      code: 'PARAMETER_INVALID',
      message: `parameter "${name ?? ''}" ${error.message ?? 'is not right'}${allowed(error)}`,
      hint: 'see `parameters` of the template',
    };
  });
}

function allowed({ params }: ErrorObject): string {
  const values = toTexts(params['allowedValues']);
  return values.length > 0 ? `: ${values.join(', ')}` : '';
}
