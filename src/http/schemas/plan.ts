import planDocument from '../../../schemas/plan.schema.json' with { type: 'json' };
import { eventSchema } from './event.ts';
import { serviceStatusSchema } from './status.ts';

/** A plan as people save, show and judge it by tool. */
export const planDocumentSchema = planDocument;

/** `ApplyResult` as a schema. */
export const applyResultSchema = {
  title: 'ApplyResult',
  type: 'object',
  properties: {
    outcome: {
      type: 'string',
      enum: ['converged', 'begun', 'failed', 'blocked', 'stale', 'not-verified'],
    },
    services: { type: 'array', items: serviceStatusSchema },
    stale: {
      type: 'array',
      items: {
        title: 'StaleService',
        description: 'Why a saved plan no longer fits.',
        type: 'object',
        properties: { service: { type: 'string' }, moved: { type: 'string' } },
        required: ['service', 'moved'],
      },
    },
  },
  required: ['outcome', 'services', 'stale'],
} as const;

/** `ApplyMessage` as a schema. */
export const applyMessageSchema = {
  title: 'ApplyMessage',
  description: 'Each event as it happens, then exactly one result.',
  oneOf: [
    {
      type: 'object',
      properties: { kind: { const: 'event' }, event: eventSchema },
      required: ['kind', 'event'],
    },
    {
      type: 'object',
      properties: { kind: { const: 'result' }, result: applyResultSchema },
      required: ['kind', 'result'],
    },
  ],
} as const;

/** How what runs differs from what was applied. */
export const driftReportSchema = {
  title: 'DriftReport',
  type: 'object',
  properties: {
    service: { type: 'string' },
    drift: { type: 'array', items: { title: 'Drift', ...planDocument.$defs.drift } },
  },
  required: ['service', 'drift'],
} as const;
