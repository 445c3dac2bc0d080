import { isRecord, type UnknownRecord } from '../model/record.ts';

/** Types of fields in a body, as the original declares them. */
export type Shape = 'string' | 'int' | 'strings' | 'map' | 'object' | 'volumes';

export interface RequestShape {
  /** As it stands in messages: `CreateContainerRequest`; empty where the original has no name for it. */
  readonly name: string;
  /** By the name of the field in JSON. */
  readonly shapes: Readonly<Record<string, Shape>>;
}

const GO_TYPES: Readonly<Record<Shape, string>> = {
  string: 'string',
  int: 'int',
  strings: '[]string',
  map: 'map[string]string',
  object: 'map[string]interface {}',
  volumes: '[]models.VolumeMount',
};

/**
 * The body where it has the shape, or the message of a 400 in the words of the original's decoder. What is
 * null counts as left out; fields that nobody knows do too. No value is repeated.
 */
export function readShape(
  sent: unknown,
  { name, shapes }: RequestShape,
): { readonly body: UnknownRecord } | { readonly message: string } {
  if (sent === undefined) return { message: 'EOF' };
  const body = sent ?? {};
  if (!isRecord(body)) {
    const type = name === '' ? 'struct' : `models.${name}`;
    return { message: `json: cannot unmarshal ${kindOf(body)} into Go value of type ${type}` };
  }
  const known = Object.entries(body).filter(
    ([field, value]) => Object.hasOwn(shapes, field) && value !== null,
  );
  const [first] = known.flatMap(([field, value]) => {
    const wrong = findWrong(value, shapes[field] ?? 'object');
    return wrong
      ? [`${wrong.kind} into Go struct field ${name}.${field} of type ${wrong.type}`]
      : [];
  });
  if (first !== undefined) return { message: `json: cannot unmarshal ${first}` };
  return { body: Object.fromEntries(known) };
}

/** The message of a 400 for fields that must be there, one line each, in the words of the original's validator. */
export function requiredMessage(name: string, fields: readonly string[]): string {
  const prefix = name === '' ? '' : `${name}.`;
  return fields
    .map(
      (field) =>
        `Key: '${prefix}${field}' Error:Field validation for '${field}' failed on the 'required' tag`,
    )
    .join('\n');
}

interface Wrong {
  readonly kind: string;
  readonly type: string;
}

function findWrong(value: unknown, shape: Shape): Wrong | undefined {
  const wrong = (isRight: boolean): Wrong | undefined =>
    isRight ? undefined : { kind: kindOf(value), type: GO_TYPES[shape] };
  switch (shape) {
    case 'string':
      return wrong(typeof value === 'string');
    case 'int':
      return wrong(Number.isSafeInteger(value));
    case 'object':
      return wrong(isRecord(value));
    case 'map':
      return isRecord(value) ? findWrongText(Object.values(value)) : wrong(false);
    case 'strings':
      return Array.isArray(value) ? findWrongText(value) : wrong(false);
    case 'volumes':
      return Array.isArray(value) && value.every(isVolume) ? undefined : wrong(false);
  }
}

function findWrongText(values: readonly unknown[]): Wrong | undefined {
  const found = values.find((value) => typeof value !== 'string');
  return found === undefined ? undefined : { kind: kindOf(found), type: 'string' };
}

function isVolume(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { source, destination, read_only: readOnly = false } = value;
  const areTexts = typeof source === 'string' && typeof destination === 'string';
  return areTexts && typeof readOnly === 'boolean';
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}
