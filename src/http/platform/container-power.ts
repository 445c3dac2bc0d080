import type { FastifyInstance, FastifyRequest } from 'fastify';
import { SERVICE_NAME } from '../../model/names.ts';
import { toContainer } from '../../platform/container-body.ts';
import { readCreateContainer } from '../../platform/create-container.ts';
import { containerMissing } from '../../platform/error-body.ts';
import { toRecord } from '../../model/record.ts';
import { resolveService } from '../../platform/resolve.ts';
import { powerOwner } from '../power-owner.ts';
import { about } from './about.ts';
import { startContainerBody } from './body-schemas.ts';
import { createContainer, requireValid, type ServicePath, toWritten } from './containers.ts';
import { findContainer, type Found, listSeen } from './find.ts';
import { PlatformRefusal } from './refusal.ts';
import { containerSchema } from './schemas.ts';
import { type Asking, type PlatformOptions, writeToRun, writeToStop } from './write.ts';

const START = about({
  operationId: 'startContainer',
  summary: 'Switches a service on, or declares it where there is none and the body says what',
  body: startContainerBody,
  answers: { 200: containerSchema, 201: containerSchema },
  errors: [404, 409, 413],
  failure: 'container_creation_failed',
});

const STOP = about({
  operationId: 'stopContainer',
  summary: 'Switches a service off; it stays declared',
  answers: { 200: containerSchema },
  errors: [404, 409, 413],
  failure: 'container_stop_failed',
});

const STATUS = about({
  operationId: 'getContainerStatus',
  summary: 'One service as a container',
  answers: { 200: containerSchema },
  errors: [404, 409],
});

/** What the platform's scripts call, and the original never had (wire.md §9). */
export function addContainerPowerRoutes(app: FastifyInstance, options: PlatformOptions): void {
  const { inspection } = options;

  app.post<ServicePath>('/containers/:service/start', START, async (request, reply) => {
    const asking = { request, reply, options };
    const { service } = request.params;
    if (resolveService(listSeen(request, inspection), service).kind === 'none') {
      return reply.status(201).send(await startNew(asking, service));
    }
    return startAgain(asking, findContainer(request, inspection, service));
  });

  app.post<ServicePath>('/containers/:service/stop', STOP, async (request, reply) => {
    const { name } = findContainer(request, inspection, request.params.service);
    const { detail, isStopping } = await writeToStop({ request, reply, options }, name);
    return { ...toContainer(detail), ...(isStopping && { status: 'stopping' }) };
  });

  app.get<ServicePath>('/containers/:service/status', STATUS, async (request) =>
    toContainer(findContainer(request, inspection, request.params.service).detail),
  );
}

/** The scripts then call it by its plain name. */
async function startNew(asking: Asking, service: string) {
  const { image, template } = toRecord(asking.request.body);
  if (image === undefined && template === undefined) {
    throw new PlatformRefusal(404, 'container_not_found', containerMissing(service));
  }
  const isFree = SERVICE_NAME.test(service) && !isSlugTaken(asking.options, service);
  return createContainer(
    asking,
    withName(asking.request, service),
    isFree ? { slug: service } : {},
  );
}

function isSlugTaken({ inspection }: PlatformOptions, slug: string): boolean {
  return inspection
    .details()
    .some(({ desired, status }) =>
      [desired?.slug ?? status.slug, desired?.plainName].includes(slug),
    );
}

/** With a body, what it says holds from now on. */
async function startAgain(asking: Asking, { name, platform }: Found) {
  const { request } = asking;
  const said = request.body === undefined ? {} : readFields(request, platform?.serviceName ?? name);
  const change = { kind: 'merge', fields: { ...said, power: 'on' } } as const;
  const mayBeOld = request.body === undefined;
  const origin = mayBeOld ? await powerOwner(asking.options.control, name) : 'api';
  const wish = { service: name, origin, change };
  return toWritten(await writeToRun(asking, wish, 'container_creation_failed', { mayBeOld }));
}

function readFields(request: FastifyRequest, service: string) {
  const { fields } = requireValid(readCreateContainer(withName(request, service)));
  const { slug: _slug, platform: _platform, ...said } = fields;
  return said;
}

function withName({ body }: FastifyRequest, service: string): unknown {
  const isMap = typeof body === 'object' && body !== null && !Array.isArray(body);
  return isMap ? { ...toRecord(body), service_name: service } : body;
}
