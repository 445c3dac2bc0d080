import type { FastifyInstance } from 'fastify';
import {
  type Moment,
  toHealthSummary,
  toManagerHealth,
  toMonitoringStatus,
} from '../../platform/monitoring-body.ts';
import { about } from './about.ts';
import { listSeen } from './find.ts';
import { managerHealthSchema, sumsSchema } from './schemas.ts';
import type { PlatformOptions } from './write.ts';

const ROOT = about({
  operationId: 'getRoot',
  summary: 'Leads to the description of this API',
  answers: { 302: { type: 'null' } },
});

const HEALTH = about({
  operationId: 'getManagerHealth',
  summary: 'Whether the manager answers; says nothing about single services',
  answers: { 200: managerHealthSchema },
});

const STATUS = about({
  operationId: 'getMonitoringStatus',
  summary: 'Services counted by how they are',
  answers: { 200: sumsSchema },
  failure: 'monitoring_status_failed',
});

const SUMMARY = about({
  operationId: 'getHealthSummary',
  summary: 'The same with what runs and what fails apart',
  answers: { 200: sumsSchema },
  failure: 'health_summary_failed',
});

/** The manager itself, and sums over all services (wire.md §1.1). */
export function addMonitoringRoutes(app: FastifyInstance, options: PlatformOptions): void {
  const { control, inspection, version } = options;

  async function moment(): Promise<Moment> {
    const nowMs = Date.now();
    const { startedAtMs } = await control.health();
    return { nowMs, uptimeMs: nowMs - startedAtMs };
  }

  app.get('/', ROOT, (_request, reply) => reply.redirect('/docs'));

  app.get('/health', HEALTH, async () => {
    const services = inspection.details().map(({ status }) => status);
    return toManagerHealth(services, version, await moment());
  });

  app.get('/monitoring/status', STATUS, async (request) => {
    const services = listSeen(request, inspection).map(({ detail }) => detail.status);
    return toMonitoringStatus(services, await moment());
  });

  app.get('/monitoring/health-summary', SUMMARY, async (request) => {
    const services = listSeen(request, inspection).map(({ detail }) => detail.status);
    return toHealthSummary(services, await moment());
  });
}
