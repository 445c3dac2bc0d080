import type { FastifyInstance } from 'fastify';
import { type ContainerBody, toContainer } from '../../platform/container-body.ts';
import { readCreateContainer } from '../../platform/create-container.ts';
import { containerExists } from '../../platform/error-body.ts';
import type { RequestReading } from '../../platform/request-reading.ts';
import { resolveService } from '../../platform/resolve.ts';
import { about } from './about.ts';
import { createContainerBody } from './body-schemas.ts';
import { findContainer, listSeen } from './find.ts';
import { withWorkspace } from './workspace.ts';
import { invalidRequest, PlatformRefusal } from './refusal.ts';
import { containerSchema, listSchema, messageSchema } from './schemas.ts';
import {
  type Asking,
  type PlatformOptions,
  refuseTwice,
  writeToGo,
  writeToRun,
  type WrittenToRun,
} from './write.ts';

export interface ServicePath {
  readonly Params: { readonly service: string };
}

const LIST = about({
  operationId: 'listContainers',
  summary: 'All services as containers',
  answers: { 200: listSchema('containers', containerSchema) },
});

const CREATE = about({
  operationId: 'createContainer',
  summary: 'Declares a service by a template, or by image and port, and waits until it runs',
  body: createContainerBody,
  answers: { 201: containerSchema },
  errors: [409, 413],
  failure: 'container_creation_failed',
});

const GET = about({
  operationId: 'getContainer',
  summary: 'One service as a container',
  answers: { 200: containerSchema },
  errors: [404, 409],
});

const DELETE = about({
  operationId: 'deleteContainer',
  summary: 'Takes a service out of its document, and waits until it is gone',
  answers: { 200: messageSchema },
  errors: [404, 409, 413],
  failure: 'container_deletion_failed',
});

/** `/containers` (wire.md §1.2). */
export function addContainerRoutes(app: FastifyInstance, options: PlatformOptions): void {
  const { inspection } = options;

  app.get('/containers', LIST, async (request) => {
    const containers = listSeen(request, inspection).map(({ detail }) => toContainer(detail));
    return { containers, total: containers.length };
  });

  app.post('/containers', CREATE, async (request, reply) => {
    const container = await createContainer({ request, reply, options }, request.body);
    return reply.status(201).send(container);
  });

  app.get<ServicePath>('/containers/:service', GET, async (request) =>
    toContainer(findContainer(request, inspection, request.params.service).detail),
  );

  app.delete<ServicePath>('/containers/:service', DELETE, async (request, reply) => {
    const { service } = request.params;
    const { name } = findContainer(request, inspection, service);
    const asking = { request, reply, options };
    const left = await writeToGo(asking, name, 'container_deletion_failed');
    return { message: 'Container deleted successfully', service, ...left };
  });
}

/** Declares a new service for a body of either generation. Throws 400, and 409 for one that is there. */
export async function createContainer(asking: Asking, body: unknown, more: object = {}) {
  const reading = withWorkspace(asking.request, requireValid(readCreateContainer(body)));
  const { named, service } = reading;
  const { name } = named;
  const isThere = resolveService(listSeen(asking.request, asking.options.inspection), name);
  asking.request.concerns = isThere.kind === 'found' ? isThere.service.name : service;
  if (isThere.kind !== 'none') throw new PlatformRefusal(409, FAILURE, containerExists(name));
  const change = { kind: 'put', fields: { ...reading.fields, ...more } } as const;
  const creating = writeToRun(asking, { service, ifNew: true, change }, FAILURE);
  return toWritten(await refuseTwice(creating, FAILURE, containerExists(name)));
}

/** As a container: of what is under way still, that. */
export function toWritten({ detail, outcome }: WrittenToRun): ContainerBody {
  const container = toContainer(detail);
  return outcome.kind === 'under-way' ? { ...container, status: outcome.status } : container;
}

const FAILURE = 'container_creation_failed';

type Valid = Extract<RequestReading, { readonly kind: 'valid' }>;

export function requireValid(reading: RequestReading): Valid {
  if (reading.kind === 'invalid') throw invalidRequest(reading.message);
  return reading;
}
