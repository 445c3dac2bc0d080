import type { FieldValue, FieldValues, ServiceFields } from './fields.ts';
import { redactCommand } from '../model/redact.ts';
import { isReference, redact } from './redacted.ts';
import type { UnknownRecord } from '../model/record.ts';
import { fromCommand } from './value-text.ts';

/** The fields of a document as a json_spec; a secret value is `[REDACTED]`, a reference of the platform stays. */
export function toJsonSpec(fields: ServiceFields): UnknownRecord {
  return fields.url === undefined ? toDockerSpec(fields) : toUrlSpec(fields, fields.url);
}

function toDockerSpec({ image, port, env = {}, command, resources }: ServiceFields): UnknownRecord {
  const { memory, cpu } = resources ?? {};
  const limits = {
    ...(memory !== undefined && { memory_limit: String(memory) }),
    ...(cpu !== undefined && { cpu_limit: String(cpu) }),
  };
  return {
    type: 'docker',
    ...(image !== undefined && { image }),
    port: port ?? DEFAULT_PORT,
    environment: toValues(env),
    ...(command !== undefined && { cmd: redactCommand(fromCommand(command)) }),
    ...(Object.keys(limits).length > 0 && { resources: limits }),
  };
}

const DEFAULT_PORT = 8000;

function toUrlSpec(fields: ServiceFields, url: string): UnknownRecord {
  const { health_check: check, timeout, is_public: isPublic, tags } = fields;
  const { Authorization: authorization, ...others } = fields.headers ?? {};
  const token = bearerIn(authorization);
  const headers = token === undefined ? (fields.headers ?? {}) : others;
  return {
    type: 'url',
    endpoint: url,
    ...(token !== undefined && { authentication: { type: 'bearer', token } }),
    ...(Object.keys(headers).length > 0 && { headers: toValues(headers) }),
    ...(check !== undefined && { health_check: check }),
    ...(timeout !== undefined && { timeout }),
    ...(isPublic !== undefined && { is_public: isPublic }),
    ...(tags !== undefined && { tags }),
  };
}

/** The reference behind `Bearer `, where that is the platform's own. */
function bearerIn(value: FieldValue | undefined): string | undefined {
  if (typeof value !== 'object' || value.prefix !== 'Bearer ') return undefined;
  return isReference(value.secret) ? value.secret : undefined;
}

function toValues(values: FieldValues): Readonly<Record<string, string>> {
  const references = Object.entries(values).flatMap(([name, value]) => {
    const text = typeof value === 'object' && value.prefix === undefined ? value.secret : value;
    return isReference(text) ? [[name, text] as const] : [];
  });
  return { ...redact(values), ...Object.fromEntries(references) };
}
