import type { FieldsReading, ServiceFields } from './fields.ts';
import { readLimits } from './limits.ts';
import { isRecord, toRecord, type UnknownRecord } from '../model/record.ts';
import { toCommand, toTexts } from './value-text.ts';

/** A json_spec of a container (wire.md §5.1) as fields; its mistakes in the words of §5.3. */
export function readDockerSpec(written: UnknownRecord): FieldsReading {
  const spec = toOneSpelling(written);
  const limits = readLimits(spec);
  const { warnings } = limits;
  const errors = checkDockerSpec(spec);
  if (errors.length > 0) return { kind: 'invalid', errors, warnings };
  const env = toTexts(toRecord(spec['environment']));
  const command = Array.isArray(spec['cmd']) ? toCommand(spec['cmd']) : [];
  const fields: ServiceFields = {
    image: String(spec['image']),
    ...(command.length > 0 && { command }),
    ...(Object.keys(env).length > 0 && { env }),
    port: Number(spec['port']),
    ...limits.fields,
  };
  return { kind: 'valid', fields, warnings };
}

/** Later and documented spellings in those that the platform reads; what is said in those wins. */
function toOneSpelling(spec: UnknownRecord): UnknownRecord {
  const { container_image: image, command, env_vars: variables } = spec;
  const hasVariables = isRecord(variables) && Object.keys(variables).length > 0;
  const environment = spec['environment'] ?? {};
  return {
    ...(typeof image === 'string' && { image }),
    ...(command !== undefined && command !== null && { cmd: command }),
    ...spec,
    // Else it is a list of names, for people.
    ...(hasVariables && isRecord(environment) && { environment: { ...variables, ...environment } }),
  };
}

/** The platform stops at the first mistake, and names a bad image once more. */
function checkDockerSpec(spec: UnknownRecord): readonly string[] {
  const mistake = findMistake(spec);
  const errors = mistake === undefined ? [] : [`Invalid JSON spec: ${mistake}`];
  return isName(spec['image']) ? errors : [...errors, 'Missing or invalid image in json_spec'];
}

function findMistake(spec: UnknownRecord): string | undefined {
  const missing = ['image', 'port'].find((field) => !Object.hasOwn(spec, field));
  if (missing !== undefined) return `required field ${missing} is missing`;
  const { image, port, environment = {}, cmd = [] } = spec;
  if (!isName(image)) return 'image field must be a non-empty string';
  if (typeof port !== 'number') return 'port field must be a number';
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    return 'port must be between 1 and 65535';
  }
  if (!isRecord(environment)) return 'environment field must be an object';
  return Array.isArray(cmd) ? undefined : 'cmd field must be an array';
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}
