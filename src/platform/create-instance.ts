import { readLimits } from './limits.ts';
import { type Named, readJsonSpec, withIdentity } from './read-json-spec.ts';
import { isRecord, toRecord, type UnknownRecord } from '../model/record.ts';
import { findPortMistake, toRequestFields } from './request-fields.ts';
import type { RequestReading } from './request-reading.ts';
import { readShape, requiredMessage, type RequestShape } from './request-shape.ts';
import { isUrlSpec } from './url-spec.ts';
import { toText } from './value-text.ts';

export const CREATE_INSTANCE: RequestShape = {
  name: '',
  shapes: {
    instance_id: 'string',
    name: 'string',
    service_name: 'string',
    workspace_id: 'string',
    template: 'string',
    image: 'string',
    port: 'int',
    command: 'strings',
    environment: 'map',
    resources: 'object',
    json_spec: 'object',
  },
};

/** In the order in which they are asked for. */
const REQUIRED = [
  ['instance_id', 'InstanceID'],
  ['name', 'Name'],
  ['service_name', 'ServiceName'],
  ['image', 'Image'],
  ['workspace_id', 'WorkspaceID'],
] as const;

/** `POST /instances` and `POST /instances/validate`, with and without `json_spec` (wire.md §1.3). Never throws. */
export function readCreateInstance(sent: unknown): RequestReading {
  const read = readShape(sent, CREATE_INSTANCE);
  if ('message' in read) return { kind: 'invalid', message: read.message };
  const { body } = read;
  const message = findMissing(body) ?? findPortMistake(body);
  if (message !== undefined) return { kind: 'invalid', message };
  const named: Named = {
    name: toText(body['service_name']),
    instanceId: toText(body['instance_id']),
    workspaceId: toText(body['workspace_id']),
  };
  return body['template'] ? readTemplated(body, named) : readOwn(body, named);
}

/** A template says what the image is, and a json_spec that, or where the server is. */
function findMissing(body: UnknownRecord): string | undefined {
  const hasSource = body['json_spec'] !== undefined || Boolean(body['template']);
  const missing = REQUIRED.filter(([field]) => !body[field] && !(field === 'image' && hasSource));
  if (missing.length === 0) return undefined;
  return requiredMessage(
    CREATE_INSTANCE.name,
    missing.map(([, name]) => name),
  );
}

function readTemplated(body: UnknownRecord, named: Named): RequestReading {
  if (body['json_spec'] !== undefined) {
    return { kind: 'invalid', message: 'template and json_spec cannot both be given' };
  }
  const limits = readLimits(body);
  const fields = toRequestFields(body, limits.fields);
  const { warnings } = limits;
  return { kind: 'valid', named, fields: withIdentity(fields, named), warnings };
}

const DEFAULT_PORT = 8000;

function readOwn(body: UnknownRecord, named: Named): RequestReading {
  const spec = toSpec(body);
  const needsPort = !isUrlSpec(spec) && (spec['port'] === undefined || spec['port'] === 0);
  const told = needsPort ? [`Port not specified, using default port ${DEFAULT_PORT}`] : [];
  const reading = readJsonSpec(needsPort ? { ...spec, port: DEFAULT_PORT } : spec, named);
  if (reading.kind === 'invalid') return { kind: 'invalid', message: reading.errors.join('\n') };
  return { ...reading, named, warnings: [...told, ...reading.warnings] };
}

/** One json_spec of both; what the request itself says wins. */
function toSpec(body: UnknownRecord): UnknownRecord {
  const { json_spec: jsonSpec, image, port, command, environment, resources } = body;
  const spec = toRecord(jsonSpec);
  const { environment: below = {} } = spec;
  const variables = isRecord(below) ? { ...below, ...toRecord(environment) } : below;
  return {
    ...spec,
    ...(image ? { image } : {}),
    ...(port ? { port } : {}),
    ...(command !== undefined && { cmd: command }),
    ...(environment !== undefined && { environment: variables }),
    ...(resources !== undefined && { resources }),
  };
}
