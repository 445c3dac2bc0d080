import type { FastifyInstance } from 'fastify';
import { toDetailedContainerHealth } from '../../platform/detailed-health-body.ts';
import { toContainerHealth, toHealthMap } from '../../platform/health-body.ts';
import { about } from './about.ts';
import type { ServicePath } from './containers.ts';
import { findContainer, listSeen } from './find.ts';
import {
  checkedContainerSchema,
  containerHealthSchema,
  detailedHealthSchema,
  healthMapSchema,
  listSchema,
} from './schemas.ts';
import type { PlatformOptions } from './write.ts';

const ALL = about({
  operationId: 'listContainerHealth',
  summary: 'How all services are, or the one that `service` names: what core asks each minute',
  answers: { 200: listSchema('health_checks', healthMapSchema) },
  errors: [404, 409],
  failure: 'health_check_failed',
});

const ONE = about({
  operationId: 'getContainerHealth',
  summary: 'Whether a service runs: 503 where it does not',
  answers: { 200: containerHealthSchema, 503: containerHealthSchema },
  errors: [404, 409],
  failure: 'status_check_failed',
});

const CHECK = about({
  operationId: 'checkContainerHealth',
  summary: 'Checks a service now, and tells what was found; changes nothing',
  answers: { 200: checkedContainerSchema },
  errors: [404, 409, 413],
  failure: 'health_check_failed',
});

const DETAILED = about({
  operationId: 'getDetailedContainerHealth',
  summary: 'What the last check of a service found, with its port and address',
  answers: { 200: detailedHealthSchema },
  errors: [404, 409],
  failure: 'health_check_failed',
});

interface HealthQuery {
  readonly Querystring: { readonly service?: unknown };
}

/** Health below `/containers` (wire.md §1.2). */
export function addContainerHealthRoutes(
  app: FastifyInstance,
  { inspection }: PlatformOptions,
): void {
  app.get<HealthQuery>('/containers/health', ALL, async (request) => {
    const { service } = request.query;
    const now = Date.now();
    if (typeof service === 'string' && service !== '') {
      return toHealthMap(findContainer(request, inspection, service).detail, now);
    }
    const checks = listSeen(request, inspection).map(({ detail }) => toHealthMap(detail, now));
    return { health_checks: checks, total: checks.length };
  });

  app.get<ServicePath>('/containers/:service/health', ONE, async (request, reply) => {
    const { detail } = findContainer(request, inspection, request.params.service);
    const health = toContainerHealth(detail, Date.now());
    return reply.status(health.healthy ? 200 : 503).send(health);
  });

  app.post<ServicePath>('/containers/:service/health', CHECK, async (request) => {
    const { name } = findContainer(request, inspection, request.params.service);
    const health = toHealthMap(await inspection.checkNow(name), Date.now());
    const { service_name: service, timestamp } = health;
    return { service, health_status: health, timestamp };
  });

  app.get<ServicePath>('/containers/:service/health/detailed', DETAILED, async (request) => {
    const { detail } = findContainer(request, inspection, request.params.service);
    return toDetailedContainerHealth(detail, Date.now());
  });
}
