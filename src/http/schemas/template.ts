import { documentProblemSchema } from './status.ts';

/** `TemplateEntry` as a schema. */
export const templateEntrySchema = {
  title: 'TemplateEntry',
  description: 'A template file as a list shows it.',
  type: 'object',
  properties: {
    name: { type: 'string' },
    file: { type: 'string', description: 'Relative to the templates folder.' },
    description: { type: 'string' },
    etag: { type: 'string' },
    problems: {
      type: 'array',
      items: documentProblemSchema,
      description: 'What is wrong with it; then no service can use it.',
    },
  },
  required: ['name', 'file', 'etag', 'problems'],
} as const;

/** `RenderedTemplate` as a schema. */
export const renderedTemplateSchema = {
  title: 'RenderedTemplate',
  description: 'The fields that a service has from a template, before its own.',
  type: 'object',
  properties: {
    name: { type: 'string' },
    runtime: { type: 'string' },
    fields: {
      type: 'object',
      description: 'As a document would say them.',
      additionalProperties: true,
    },
    requiredEnv: {
      type: 'array',
      items: { type: 'string' },
      description: 'Variables that a service must give a value.',
    },
  },
  required: ['name', 'runtime', 'fields', 'requiredEnv'],
} as const;
