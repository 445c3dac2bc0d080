import { toCpu, toMemory } from './amounts.ts';
import type { ServiceFields } from './fields.ts';
import { withIdentity } from './read-json-spec.ts';
import type { UnknownRecord } from '../model/record.ts';
import { findPortMistake, toRequestFields } from './request-fields.ts';
import type { RequestReading } from './request-reading.ts';
import { readShape, requiredMessage, type RequestShape } from './request-shape.ts';
import { toText } from './value-text.ts';

export const CREATE_CONTAINER: RequestShape = {
  name: 'CreateContainerRequest',
  shapes: {
    service_name: 'string',
    template: 'string',
    image: 'string',
    port: 'int',
    environment: 'map',
    labels: 'map',
    command: 'strings',
    volumes: 'volumes',
    memory_limit: 'string',
    cpu_limit: 'string',
    replicas: 'int',
  },
};

/** `POST /containers` in both generations: with a template, or with image and port (wire.md §1.3). Never throws. */
export function readCreateContainer(sent: unknown): RequestReading {
  const read = readShape(sent, CREATE_CONTAINER);
  if ('message' in read) return { kind: 'invalid', message: read.message };
  const { body } = read;
  const message = findMissing(body) ?? findPortMistake(body) ?? findLimitMistake(body);
  if (message !== undefined) return { kind: 'invalid', message };
  const named = { name: toText(body['service_name']) };
  const fields = toRequestFields(body, toLimits(body));
  return { kind: 'valid', named, fields: withIdentity(fields, named), warnings: [] };
}

/** A template supplies image and port. */
function findMissing(body: UnknownRecord): string | undefined {
  const required = [['service_name', 'ServiceName'] as const, ...(body['template'] ? [] : OWN)];
  const missing = required.filter(([field]) => !body[field]).map(([, name]) => name);
  return missing.length > 0 ? requiredMessage(CREATE_CONTAINER.name, missing) : undefined;
}

const OWN = [
  ['image', 'Image'],
  ['port', 'Port'],
] as const;

function findLimitMistake({ memory_limit: memory, cpu_limit: cpu }: UnknownRecord) {
  if (memory && toMemory(memory) === undefined) {
    return 'memory_limit must be an amount such as 512m or 512Mi';
  }
  if (cpu && toCpu(cpu) === undefined) return 'cpu_limit must be an amount such as 0.5 or 500m';
  return undefined;
}

function toLimits(body: UnknownRecord): Pick<ServiceFields, 'resources'> {
  const memory = toMemory(body['memory_limit']);
  const cpu = toCpu(body['cpu_limit']);
  if (memory === undefined && cpu === undefined) return {};
  return {
    resources: { ...(memory !== undefined && { memory }), ...(cpu !== undefined && { cpu }) },
  };
}
