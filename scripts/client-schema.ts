import type { compile } from 'json-schema-to-typescript';

interface Content {
  readonly [mediaType: string]: { readonly schema: object };
}

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly schema: object;
}

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}

/** As much of an OpenAPI document as is read here. */
export interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

/** One schema with a member for each operation: what goes in, and what comes out. */
export function toClientSchema({ paths, components }: Description): Parameters<typeof compile>[0] {
  const operations = Object.values(paths).flatMap((path) => Object.values(path));
  const schema = {
    ...objectOf(operations.map((one) => [one.operationId, toShape(one), true])),
    description: 'What each operation takes and answers.',
    $defs: components.schemas,
  };
  return JSON.parse(JSON.stringify(plain(schema)).replaceAll('#/components/schemas/', '#/$defs/'));
}

/** Method and path of each operation. */
export function toCalls({ paths }: Description): Readonly<Record<string, readonly string[]>> {
  const calls = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { operationId }]) => {
      return [operationId, [method.toUpperCase(), path]] as const;
    }),
  );
  return Object.fromEntries(calls);
}

function toShape({ summary, parameters = [], requestBody, responses }: Operation): object {
  const partOf = (place: Parameter['in'], isRequired: boolean) => {
    const own = parameters.filter((one) => one.in === place);
    const members = own.map((one) => [one.name, one.schema, one.required] as const);
    return own.length === 0 ? [] : [[place, objectOf(members), isRequired] as const];
  };
  const body = requestBody?.content['application/json']?.schema;
  const shape = objectOf([
    ...partOf('path', true),
    ...partOf('query', false),
    ...partOf('header', false),
    ...(body ? [['body', body, requestBody?.required ?? false] as const] : []),
    ...toAnswer(responses),
  ]);
  return { ...shape, description: summary };
}

/** What comes when all went well: whole, or item by item. */
function toAnswer(responses: Operation['responses']): readonly Member[] {
  const contents = Object.entries(responses)
    .filter(([status]) => status.startsWith('2'))
    .flatMap(([, { content = {} }]) => Object.entries(content));
  const whole = contents.filter(([type]) => type === 'application/json');
  const lines = contents.filter(([type]) => type === 'application/x-ndjson');
  if (lines[0]) return [['item', lines[0][1].schema, true]];
  const schemas = new Map(whole.map(([, { schema }]) => [JSON.stringify(schema), schema]));
  if (schemas.size === 0) return [];
  const [only] = schemas.values();
  return [['answer', schemas.size === 1 && only ? only : { anyOf: [...schemas.values()] }, true]];
}

type Member = readonly [name: string, schema: object, isRequired: boolean];

function objectOf(members: readonly Member[]): object {
  return {
    type: 'object',
    properties: Object.fromEntries(members.map(([name, schema]) => [name, schema])),
    required: members.filter(([, , isRequired]) => isRequired).map(([name]) => name),
    additionalProperties: false,
  };
}

/** Types know no conditions: either of two, or nothing said. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!isRecord(value)) return value;
  const { if: _condition, then: one, else: other, allOf, ...rest } = value;
  const all = Array.isArray(allOf) ? allOf.filter((each) => !isCondition(each)) : [];
  const members = Object.entries(rest).filter(
    ([key, each]) => key !== 'title' || typeof each !== 'string',
  );
  return {
    ...Object.fromEntries(members.map(([key, each]) => [key, plain(each)])),
    ...(all.length > 0 && { allOf: plain(all) }),
    ...(other !== undefined && { anyOf: plain([one, other]) }),
  };
}

function isCondition(schema: unknown): boolean {
  return typeof schema === 'object' && schema !== null && 'if' in schema;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
