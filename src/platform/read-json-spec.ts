import { readDockerSpec } from './docker-spec.ts';
import type { FieldsReading, ServiceFields } from './fields.ts';
import { slugOf } from './names.ts';
import { isRecord } from '../model/record.ts';
import { isUrlSpec, readUrlSpec } from './url-spec.ts';

/** Whose json_spec it is. */
export interface Named {
  /** As the platform shows it. */
  readonly name: string;
  readonly instanceId?: string;
  readonly workspaceId?: string;
}

/** Any json_spec as the fields of a document. Never throws; errors and warnings hold no value of it. */
export function readJsonSpec(spec: unknown, named: Named): FieldsReading {
  if (!isRecord(spec)) {
    return { kind: 'invalid', errors: ['Missing or invalid image in json_spec'], warnings: [] };
  }
  const reading = isUrlSpec(spec) ? readUrlSpec(spec) : readDockerSpec(spec);
  if (reading.kind === 'invalid') return reading;
  return { ...reading, fields: withIdentity(reading.fields, named) };
}

/** The fields with what tells whose they are; the slug is the same after any loss of state. */
export function withIdentity(fields: ServiceFields, named: Named): ServiceFields {
  const { name, instanceId, workspaceId } = named;
  const platform = {
    ...(instanceId !== undefined && { instanceId }),
    serviceName: name,
    ...(workspaceId !== undefined && { workspaceId }),
  };
  return { ...fields, slug: slugOf(named), platform };
}
