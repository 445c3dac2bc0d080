import { planDocumentSchema } from './plan.ts';

/** `ImportDraft` as a schema. */
export const importDraftSchema = {
  title: 'ImportDraft',
  description: 'No value of a secret is in it.',
  type: 'object',
  properties: {
    containerId: { type: 'string' },
    containerName: { type: 'string' },
    file: { type: 'string', description: 'Relative to the documents folder.' },
    text: { type: 'string' },
    secrets: {
      type: 'array',
      items: {
        type: 'object',
        properties: { variable: { type: 'string' }, reference: { type: 'string' } },
        required: ['variable', 'reference'],
      },
    },
    notes: { type: 'array', items: { type: 'string' } },
    plan: planDocumentSchema,
  },
  required: ['containerId', 'containerName', 'file', 'text', 'secrets', 'notes', 'plan'],
} as const;
