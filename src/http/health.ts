import type { FastifyInstance } from 'fastify';
import type { Control } from '../control.ts';

/** Who answers, and what does not work now. Says nothing about single services. */
export function addHealthRoutes(app: FastifyInstance, control: Control): void {
  app.get('/v1/health', () => control.health());
}
