import type { FastifyInstance } from 'fastify';
import type { Control } from '../control.ts';

/** Who answers, and what does not work now. Says nothing about single services. */
export function addHealthRoutes(app: FastifyInstance, control: Control): void {
  // For who only wants to know that somebody answers: without a token.
  app.get('/health', async () => ({ status: 'healthy' }));

  app.get('/v1/health', () => control.health());
}
