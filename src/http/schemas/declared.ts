import { planDocumentSchema } from './plan.ts';

const origin = { type: 'string', enum: ['file', 'api', 'core'] } as const;
const fields = {
  type: 'object',
  description: 'As the document says them: nothing is expanded, secrets are references.',
  additionalProperties: true,
} as const;
const etag = {
  type: 'string',
  description: 'Another one whenever the fields say something else, or lie elsewhere.',
} as const;

/** `Declared` as a schema. */
export const declaredSchema = {
  title: 'Declared',
  description: 'A service as its document says it.',
  type: 'object',
  properties: {
    service: { type: 'string' },
    origin,
    place: {
      title: 'Place',
      description: 'Lines and columns count from 1; 0 means the file as a whole.',
      type: 'object',
      properties: {
        file: { type: 'string' },
        line: { type: 'integer' },
        column: { type: 'integer' },
      },
      required: ['file', 'line', 'column'],
    },
    fields,
    etag,
  },
  required: ['service', 'origin', 'place', 'fields', 'etag'],
} as const;

/** `DeclareResult` as a schema. */
export const declareResultSchema = {
  title: 'DeclareResult',
  type: 'object',
  properties: {
    kind: { type: 'string', enum: ['created', 'changed', 'unchanged', 'deleted'] },
    declared: {
      title: 'Written',
      description: 'Absent where it was deleted.',
      type: 'object',
      properties: { service: { type: 'string' }, origin, fields, etag, file: { type: 'string' } },
      required: ['service', 'origin', 'fields', 'etag', 'file'],
    },
    plan: planDocumentSchema,
  },
  required: ['kind'],
} as const;
