import type { FieldsReading, ServiceFields } from '../../src/platform/fields.ts';

/** Whose json_spec it is in these tests, and what says so in the fields. */
export const NAMED = { name: 'My Echo', instanceId: 'i1', workspaceId: 'w1' };
export const IDENTITY = {
  slug: 'my-echo-4cd9b767',
  platform: { instanceId: 'i1', serviceName: 'My Echo', workspaceId: 'w1' },
};
export const IMAGE = { image: 'mcp/echo:latest', port: 8000 };
export const ADDRESS = 'https://mcp.x.test/mcp';
export const REFERENCE = 'secret_ref:i1:API_KEY';

export function fieldsOf(reading: FieldsReading): ServiceFields {
  if (reading.kind === 'valid') return reading.fields;
  throw new Error(reading.errors.join('\n'));
}
