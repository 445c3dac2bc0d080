import type { FastifyInstance } from 'fastify';
import { toDetailedInstanceHealth } from '../../platform/detailed-health-body.ts';
import { toHealthCheck } from '../../platform/health-body.ts';
import { about } from './about.ts';
import { findInstance, listSeen } from './find.ts';
import type { InstancePath } from './instances.ts';
import { detailedHealthSchema, healthCheckSchema, listSchema } from './schemas.ts';
import type { PlatformOptions } from './write.ts';

const ALL = about({
  operationId: 'listInstanceHealth',
  summary: 'What the last checks found, of all services or of the one that `instance_id` names',
  answers: { 200: listSchema('health_checks', healthCheckSchema) },
  errors: [404, 409],
  failure: 'list_instances_failed',
});

const ONE = about({
  operationId: 'getInstanceHealth',
  summary: 'Whether a service runs, passes its checks and is reached: 503 where it does not',
  answers: { 200: healthCheckSchema, 503: healthCheckSchema },
  errors: [404, 409],
  failure: 'health_check_failed',
});

const CHECK = about({
  operationId: 'checkInstanceHealth',
  summary: 'Checks a service now, with 200 whatever was found; changes nothing',
  answers: { 200: healthCheckSchema },
  errors: [404, 409, 413],
  failure: 'health_check_failed',
});

const DETAILED = about({
  operationId: 'getDetailedInstanceHealth',
  summary: 'What the last check of a service found, with its port and address',
  answers: { 200: detailedHealthSchema },
  errors: [404, 409],
  failure: 'health_check_failed',
});

interface HealthQuery {
  readonly Querystring: { readonly instance_id?: unknown };
}

/** Health below `/instances` (wire.md §1.1). */
export function addInstanceHealthRoutes(
  app: FastifyInstance,
  { inspection }: PlatformOptions,
): void {
  app.get<HealthQuery>('/instances/health', ALL, async (request) => {
    const { instance_id: id } = request.query;
    const now = Date.now();
    if (typeof id === 'string' && id !== '') {
      return toHealthCheck(findInstance(request, inspection, id).detail, now);
    }
    const checks = listSeen(request, inspection).map(({ detail }) => toHealthCheck(detail, now));
    return { health_checks: checks, total: checks.length };
  });

  app.get<InstancePath>('/instances/:id/health', ONE, async (request, reply) => {
    const { detail } = findInstance(request, inspection, request.params.id);
    const health = toHealthCheck(detail, Date.now());
    return reply.status(health.healthy ? 200 : 503).send(health);
  });

  app.post<InstancePath>('/instances/:id/health', CHECK, async (request) => {
    const { name } = findInstance(request, inspection, request.params.id);
    return toHealthCheck(await inspection.checkNow(name), Date.now());
  });

  app.get<InstancePath>('/instances/:id/health/detailed', DETAILED, async (request) => {
    const { detail } = findInstance(request, inspection, request.params.id);
    return toDetailedInstanceHealth(detail, Date.now());
  });
}
