import type { FastifyRequest } from 'fastify';
import type { Inspection } from '../control.ts';
import type { AuditEntry } from '../model/audit.ts';
import { toRecord } from '../model/record.ts';
import { serviceOf } from './admit.ts';
import { nameCalled } from './platform/find.ts';

/** Of what a client wrote, so much is kept. */
export const LONGEST_TEXT = 200;

/**
 * The service, the template and the plan that a request is about, also where it was refused before anybody looked
 * for them. A service that is not found is named as the client called it.
 */
export function subjectOf(
  request: FastifyRequest,
  inspection: Pick<Inspection, 'details'> | undefined,
): Pick<AuditEntry, 'service' | 'template' | 'planId'> {
  const { params, body, routeOptions } = request;
  const of = (folder: string): unknown =>
    routeOptions.url?.startsWith(`${folder}/:id`) ? toRecord(params)['id'] : undefined;
  const called = toRecord(params)['service'] ?? of('/instances');
  const service = toText(request.concerns ?? serviceOf(request) ?? findName(called, inspection));
  const template = toText(toRecord(params)['template']);
  const planId = toText(of('/v1/plans') ?? toRecord(toRecord(body)['plan'])['planId']);
  return {
    ...(service !== undefined && { service }),
    ...(template !== undefined && { template }),
    ...(planId !== undefined && { planId }),
  };
}

function findName(called: unknown, inspection: Pick<Inspection, 'details'> | undefined): unknown {
  if (!inspection || typeof called !== 'string') return called;
  return nameCalled(inspection, called) ?? called;
}

function toText(value: unknown): string | undefined {
  return typeof value === 'string' ? value.slice(0, LONGEST_TEXT) : undefined;
}
