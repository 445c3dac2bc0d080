import { CREATE_CONTAINER } from '../../platform/create-container.ts';
import { CREATE_INSTANCE } from '../../platform/create-instance.ts';
import type { RequestShape, Shape } from '../../platform/request-shape.ts';
import { UPDATE_INSTANCE } from '../../platform/update-instance.ts';

const text = { type: 'string' };
const texts = { type: 'object', additionalProperties: text };

const SCHEMAS: Readonly<Record<Shape, object>> = {
  string: text,
  int: { type: 'integer' },
  strings: { type: 'array', items: text },
  map: texts,
  object: { type: 'object' },
  volumes: {
    type: 'array',
    items: {
      type: 'object',
      properties: { source: text, destination: text, read_only: { type: 'boolean' } },
    },
  },
};

// Bodies of the platform for the description alone (wire.md §1.3): they are judged by `src/platform`, in the words of
// the original.
export const createContainerBody = {
  title: 'CreateContainerRequest',
  description: 'With `template`, or with `image` and `port`.',
  ...toBody(CREATE_CONTAINER, ['service_name']),
};

export const startContainerBody = {
  title: 'StartContainerRequest',
  description: 'Where the service is not there yet, or shall be another.',
  ...toBody(CREATE_CONTAINER),
  type: ['object', 'null'],
};

export const createInstanceBody = {
  title: 'CreateInstanceRequest',
  description: 'With `image`, `template` or `json_spec`.',
  ...toBody(CREATE_INSTANCE, ['instance_id', 'name', 'service_name', 'workspace_id']),
};

export const validateInstanceBody = {
  title: 'ValidateInstanceRequest',
  ...toBody(CREATE_INSTANCE),
};

export const updateInstanceBody = {
  title: 'UpdateInstanceRequest',
  description: 'What is left out stays as it is.',
  ...toBody(UPDATE_INSTANCE),
};

export const validateContainerBody = {
  title: 'ValidateContainerRequest',
  type: 'object',
  properties: {
    instance_id: text,
    name: text,
    json_spec: { type: 'object' },
    dry_run: { type: 'boolean' },
  },
};

function toBody({ shapes }: RequestShape, required: readonly string[] = []) {
  const properties = Object.entries(shapes).map(([name, shape]) => [name, SCHEMAS[shape]] as const);
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(required.length > 0 && { required }),
  };
}
