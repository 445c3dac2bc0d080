// Bodies of answers as wire.md §1.3 names their members. They describe, and let everything through.
const text = { type: 'string' } as const;
const count = { type: 'integer' } as const;
const flag = { type: 'boolean' } as const;
const texts = { type: 'object', additionalProperties: text } as const;
const list = { type: 'array', items: text } as const;

const healthDetailsSchema = open({
  direct_http_endpoint: text,
  internal_port: count,
  response_time_ms: count,
  proxy_url: text,
  container_port: count,
  container_image: text,
  created_at: text,
  updated_at: text,
});

export const containerSchema = open({
  id: text,
  name: text,
  service_name: text,
  slug: text,
  image: text,
  status: text,
  port: count,
  url: text,
  host: text,
  created_at: text,
  updated_at: text,
  labels: texts,
  environment: texts,
  command: list,
});

export const healthMapSchema = open({
  service_name: text,
  container_id: text,
  container_status: text,
  healthy: flag,
  http_reachable: flag,
  response_time_ms: count,
  timestamp: text,
  url: text,
  slug: text,
  error: text,
  details: healthDetailsSchema,
});

export const checkedContainerSchema = open({
  service: text,
  health_status: healthMapSchema,
  timestamp: text,
});

export const healthCheckSchema = open({
  healthy: flag,
  state: text,
  status: text,
  http_reachable: flag,
  response_time: count,
  container_id: text,
  service_name: text,
  error: text,
  details: healthDetailsSchema,
  timestamp: text,
});

export const instanceResultSchema = open({
  id: text,
  name: text,
  url: text,
  internal_url: text,
  status: text,
  created_at: text,
});

export const instanceStatusSchema = open({
  id: text,
  name: text,
  service_name: text,
  status: text,
  url: text,
  internal_url: text,
  image: text,
  port: count,
  environment: texts,
  labels: texts,
  created_at: text,
  updated_at: text,
  health_status: healthCheckSchema,
});

export const containerHealthSchema = open({
  service: text,
  status: text,
  healthy: flag,
  health: text,
  timestamp: text,
  container: containerSchema,
});

export const detailedHealthSchema = open({
  service_name: text,
  status: text,
  healthy: flag,
  http_reachable: flag,
  response_time: count,
  timestamp: text,
  details: open({ created_at: text, updated_at: text }),
});

export const validationSchema = open({
  valid: flag,
  errors: list,
  warnings: list,
  image_exists: flag,
  can_pull: flag,
  estimated_size: text,
  timestamp: text,
});

export const messageSchema = open({
  message: text,
  service: text,
  instance_id: text,
  status: text,
});

export const managerHealthSchema = open({
  status: text,
  version: text,
  containers_running: count,
  timestamp: text,
  uptime: text,
});

export const sumsSchema = open({ timestamp: text, uptime: text });

export const templateSchema = open({
  name: text,
  description: text,
  image: text,
  port: { type: 'number' },
  environment: texts,
  labels: texts,
  command: list,
  volumes: {
    type: 'array',
    items: open({ source: text, destination: text, read_only: flag }),
  },
  memory_limit: text,
  cpu_limit: text,
});

export const logsSchema = open({ service: text, logs: list, total: count });

/** A list under its own name, with its length. */
export function listSchema(name: string, items: object): object {
  return open({ [name]: { type: 'array', items }, total: count });
}

function open(properties: Readonly<Record<string, object>>): object {
  return { type: 'object', properties, additionalProperties: true };
}
