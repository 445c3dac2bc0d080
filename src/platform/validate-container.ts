import type { FieldsReading } from './fields.ts';
import { readJsonSpec } from './read-json-spec.ts';
import { toRecord } from '../model/record.ts';

/** `POST /containers/validate`: nothing but the json_spec is asked for (wire.md §1.3). Never throws. */
export function readValidateContainer(sent: unknown): FieldsReading {
  const { instance_id: instanceId, name, json_spec: jsonSpec } = toRecord(sent);
  return readJsonSpec(jsonSpec, {
    name: typeof name === 'string' && name !== '' ? name : 'validation',
    ...(typeof instanceId === 'string' && instanceId !== '' && { instanceId }),
  });
}
