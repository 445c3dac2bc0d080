import { LONGEST_SERVICE_NAME, SERVICE_NAME } from '../model/names.ts';
import { toRecord, type UnknownRecord } from '../model/record.ts';

/** The most services that one request may name, and the most removals that it may allow. */
const MOST = 100_000;
/** Who asks, as shown in history: a login name and a host. */
const LONGEST_BY = 200;

// JSON Schema of requests. Coercion is off: queries are texts, and are read by hand.
export const nameSchema = {
  type: 'string',
  pattern: SERVICE_NAME.source,
  maxLength: LONGEST_SERVICE_NAME,
} as const;

export const namesSchema = { type: 'array', items: nameSchema, maxItems: MOST } as const;
export const countSchema = { type: 'integer', minimum: 0, maximum: MOST } as const;
export const bySchema = { type: 'string', minLength: 1, maxLength: LONGEST_BY } as const;
export const flagTextSchema = { type: 'string', enum: ['true', 'false'] } as const;
/** A count in a query, at most seven digits. */
export const countTextSchema = { type: 'string', pattern: '^[0-9]{1,7}$' } as const;
/** Milliseconds since 1970 in a query. */
export const timeTextSchema = { type: 'string', pattern: '^[0-9]{1,15}$' } as const;

/** An object with these properties and no others. */
export function objectSchema(
  properties: Readonly<Record<string, object>>,
  required: readonly string[] = [],
) {
  return { type: 'object', properties, required, additionalProperties: false } as const;
}

/** What a schema of an object names. */
export function propertiesOf(schema: unknown): UnknownRecord {
  return toRecord(toRecord(schema)['properties']);
}

/** The same, where nothing needs to be said. */
export function orNothing<Schema extends object>(schema: Schema) {
  return { ...schema, type: ['object', 'null'] } as const;
}

export const noBodySchema = orNothing(objectSchema({}));

const ifNoneMatch = {
  type: 'string',
  description: 'only where none of these etags is what is there; `*`: only where nothing is there',
} as const;

/** Of a read that answers 304 to who has it already. */
export const freshnessHeaders = {
  type: 'object',
  properties: { 'if-none-match': ifNoneMatch },
} as const;

/** Of a write that is held to what its author read (RFC 9110 §13). */
export const conditionHeaders = {
  type: 'object',
  properties: {
    'if-match': {
      type: 'string',
      description: 'only where one of these etags is what is there; `*`: only where something is',
    },
    'if-none-match': ifNoneMatch,
  },
} as const;
