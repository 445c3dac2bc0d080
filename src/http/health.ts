import type { FastifyInstance } from 'fastify';
import type { Control } from '../control.ts';
import { healthSchema } from './schemas/health.ts';

const ABOUT_HEALTH = {
  operationId: 'getHealth',
  summary: 'Who answers, and what does not work now; says nothing about single services',
  tags: ['manager'],
  response: { 200: healthSchema },
};

/** Who answers, and what does not work now. Says nothing about single services. */
export function addHealthRoutes(app: FastifyInstance, control: Control): void {
  app.get('/v1/health', { schema: ABOUT_HEALTH }, () => control.health());
}
