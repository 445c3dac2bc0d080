import type { FieldsReading, FieldValues, ServiceFields } from './fields.ts';
import { REDACTED } from '../model/redact.ts';
import { isReference } from './redacted.ts';
import { isRecord, toRecord, type UnknownRecord } from '../model/record.ts';
import { toTexts } from './value-text.ts';

/** Whether a json_spec says where a server is, and not what to run (wire.md §5, also the UI's form). */
export function isUrlSpec(spec: UnknownRecord): boolean {
  const { type, image, endpoint, endpoint_url: url } = spec;
  if (type !== undefined && type !== null) return type === 'url';
  return image === undefined && (endpoint !== undefined || url !== undefined);
}

/** A json_spec of a remote server (wire.md §5.2) as fields, in our own words. */
export function readUrlSpec(spec: UnknownRecord): FieldsReading {
  const mistake = findMistake(spec);
  const warnings = isEmpty(spec['environment'])
    ? []
    : ['environment is not used for a remote server'];
  if (mistake !== undefined) {
    return { kind: 'invalid', errors: [`Invalid JSON spec: ${mistake}`], warnings };
  }
  const headers = readHeaders(spec);
  const fields: ServiceFields = {
    url: String(endpointOf(spec)),
    ...(Object.keys(headers).length > 0 && { headers }),
    ...readRemarks(spec),
  };
  return { kind: 'valid', fields, warnings };
}

function endpointOf({ endpoint, endpoint_url: url }: UnknownRecord): unknown {
  return endpoint ?? url;
}

/** No address is repeated: it may hold a password. */
function findMistake(spec: UnknownRecord): string | undefined {
  const endpoint = endpointOf(spec);
  if (endpoint === undefined || endpoint === null) return 'required field endpoint is missing';
  if (typeof endpoint !== 'string' || !/^https?:\/\//i.test(endpoint) || !URL.canParse(endpoint)) {
    return 'endpoint field must be an http or https address';
  }
  const { headers, authentication } = spec;
  if (!isRecord(headers ?? {})) return 'headers field must be an object';
  if (authentication === undefined || authentication === null) return undefined;
  const { type, token } = toRecord(authentication);
  if (type !== 'bearer') return 'authentication type must be bearer';
  const isToken = typeof token === 'string' && token !== '';
  return isToken ? undefined : 'authentication token must be a non-empty string';
}

/** The header of the token, unless the same one is written out. */
function readHeaders(spec: UnknownRecord): FieldValues {
  const headers = toTexts(toRecord(spec['headers']));
  const { token } = toRecord(spec['authentication']);
  const isWritten = Object.keys(headers).some((name) => name.toLowerCase() === 'authorization');
  return typeof token !== 'string' || isWritten
    ? headers
    : { ...headers, Authorization: toBearer(token) };
}

function toBearer(token: string): FieldValues[string] {
  if (token === REDACTED) return token;
  return isReference(token) ? { secret: token, prefix: 'Bearer ' } : `Bearer ${token}`;
}

/** What is kept for people, or for another kind of check than ours. */
function readRemarks(spec: UnknownRecord): ServiceFields {
  const { health_check: check, timeout, is_public: isPublic, tags } = spec;
  const hasCheck = typeof check === 'string' || isRecord(check);
  const hasTimeout = typeof timeout === 'string' || typeof timeout === 'number';
  const texts = Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : [];
  return {
    ...(hasCheck && { health_check: check }),
    ...(hasTimeout && { timeout }),
    ...(typeof isPublic === 'boolean' && { is_public: isPublic }),
    ...(texts.length > 0 && { tags: texts }),
  };
}

function isEmpty(value: unknown): boolean {
  return Object.keys(toRecord(value)).length === 0;
}
