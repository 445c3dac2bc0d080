import type { FastifyInstance } from 'fastify';
import { readCreateInstance } from '../../platform/create-instance.ts';
import { instanceExists } from '../../platform/error-body.ts';
import {
  toInstanceResult,
  toInstanceStatus,
  toInstanceUpdate,
} from '../../platform/instance-body.ts';
import { toRecord } from '../../model/record.ts';
import { readUpdateInstance, type UpdateReading } from '../../platform/update-instance.ts';
import { about } from './about.ts';
import { createInstanceBody, updateInstanceBody } from './body-schemas.ts';
import { requireValid } from './containers.ts';
import { findInstance, listSeen } from './find.ts';
import { invalidRequest, PlatformRefusal } from './refusal.ts';
import {
  instanceResultSchema,
  instanceStatusSchema,
  listSchema,
  messageSchema,
} from './schemas.ts';
import { withWorkspace } from './workspace.ts';
import {
  type Asking,
  type PlatformOptions,
  refuseTwice,
  writeToGo,
  writeToRun,
  type WrittenToRun,
} from './write.ts';

export interface InstancePath {
  readonly Params: { readonly id: string };
}

const LIST = about({
  operationId: 'listInstances',
  summary: 'All services as instances; `status` and `workspace_id` choose among them',
  answers: { 200: listSchema('instances', instanceStatusSchema) },
  failure: 'list_instances_failed',
});

const CREATE = about({
  operationId: 'createInstance',
  summary: 'Declares a service for an instance of the platform, and waits until it runs',
  body: createInstanceBody,
  answers: { 201: instanceResultSchema },
  errors: [409, 413],
  failure: 'instance_creation_failed',
});

const GET = about({
  operationId: 'getInstance',
  summary: 'One service, by its container, its instance id or its name',
  answers: { 200: instanceStatusSchema },
  errors: [404, 409],
});

const UPDATE = about({
  operationId: 'updateInstance',
  summary:
    'Changes what the body names, and waits until the service runs so; `status` where it does not yet',
  body: updateInstanceBody,
  answers: { 200: messageSchema },
  errors: [404, 409, 413],
  failure: 'instance_update_failed',
});

const DELETE = about({
  operationId: 'deleteInstance',
  summary: 'Takes a service out of its document, and waits until it is gone',
  answers: { 200: messageSchema },
  errors: [404, 409, 413],
  failure: 'instance_deletion_failed',
});

interface ListQuery {
  readonly Querystring: { readonly status?: unknown; readonly workspace_id?: unknown };
}

/** `/instances` (wire.md §1.1). */
export function addInstanceRoutes(app: FastifyInstance, options: PlatformOptions): void {
  const { inspection } = options;

  app.get<ListQuery>('/instances', LIST, async (request) => {
    const { status: wanted, workspace_id: workspace } = request.query;
    const now = Date.now();
    const instances = listSeen(request, inspection)
      .filter(({ platform }) => !workspace || platform?.workspaceId === workspace)
      .map(({ detail }) => toInstanceStatus(detail, now))
      .filter(({ status }) => !wanted || status === wanted);
    return { instances, total: instances.length };
  });

  app.post('/instances', CREATE, async (request, reply) =>
    reply.status(201).send(await createInstance({ request, reply, options })),
  );

  app.get<InstancePath>('/instances/:id', GET, async (request) =>
    toInstanceStatus(findInstance(request, inspection, request.params.id).detail, Date.now()),
  );

  app.put<InstancePath>('/instances/:id', UPDATE, async (request, reply) => {
    const { id } = request.params;
    const { name } = findInstance(request, inspection, id);
    const { detail, outcome } = await updateInstance({ request, reply, options }, name);
    return toInstanceUpdate(id, detail, outcome);
  });

  app.delete<InstancePath>('/instances/:id', DELETE, async (request, reply) => {
    const { id } = request.params;
    const { name } = findInstance(request, inspection, id);
    const asking = { request, reply, options };
    const left = await writeToGo(asking, name, 'instance_deletion_failed');
    return { message: 'Instance deleted successfully', instance_id: id, ...left };
  });
}

async function createInstance(asking: Asking) {
  const { request, options } = asking;
  const reading = withWorkspace(request, requireValid(readCreateInstance(request.body)));
  const { named, fields, service } = reading;
  const { instanceId = '' } = named;
  const text = instanceExists(instanceId);
  const isThere = options.inspection
    .details()
    .find(({ desired }) => desired?.platform?.instanceId === instanceId);
  request.concerns = isThere?.status.name ?? service;
  if (isThere) throw new PlatformRefusal(409, CREATION_FAILED, text);
  const change = { kind: 'put', fields: { ...fields } } as const;
  const wish = { service, ifNew: true, forInstance: true, change };
  const creating = writeToRun(asking, wish, CREATION_FAILED);
  const { detail } = await refuseTwice(creating, CREATION_FAILED, text);
  return toInstanceResult(detail);
}

const CREATION_FAILED = 'instance_creation_failed';

/** Made for what the document said a moment ago: who was faster is not overwritten. */
async function updateInstance(asking: Asking, service: string): Promise<WrittenToRun> {
  const reading = readUpdateInstance(asking.request.body);
  if (reading.kind === 'invalid') throw invalidRequest(reading.message);
  const { fields: before, etag } = await asking.options.control.declared(service);
  const change = { kind: 'merge', fields: toMerge(reading, before) } as const;
  return writeToRun(asking, { service, ifMatch: [etag], change }, 'instance_update_failed');
}

/** An environment that is sent is the whole of it, as the one that is read is. */
function toMerge(
  { fields }: Extract<UpdateReading, { kind: 'valid' }>,
  before: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  if (fields.env === undefined) return { ...fields };
  const left = Object.keys(toRecord(before['env'])).map((name) => [name, null] as const);
  return { ...fields, env: { ...Object.fromEntries(left), ...fields.env } };
}
