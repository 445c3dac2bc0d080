import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCreateContainer } from '../../src/platform/create-container.ts';
import { readCreateInstance } from '../../src/platform/create-instance.ts';
import { REDACTED } from '../../src/model/redact.ts';
import { readUpdateInstance } from '../../src/platform/update-instance.ts';

describe('a body that updates an instance', () => {
  test('changes what it says, and nothing else', () => {
    const body = { image: 'a:2', port: 0, command: [], environment: { A: 'b', API_KEY: REDACTED } };

    expect(readUpdateInstance(body)).toEqual({
      kind: 'valid',
      fields: { image: 'a:2', env: { A: 'b', API_KEY: REDACTED } },
      warnings: [],
    });
    expect(readUpdateInstance({})).toMatchObject({ kind: 'valid', fields: {} });
  });

  test('may change everything', () => {
    const resources = { limits: { memory: '1Gi' } };
    const body = { port: 9000, command: ['run'], environment: { API_KEY: 'hunter2' }, resources };

    expect(readUpdateInstance(body)).toMatchObject({
      fields: { port: 9000, command: ['run'], resources: { memory: '1Gi' } },
    });
  });

  test('with a port that is none is refused', () => {
    expect(readUpdateInstance({ port: 65_536 })).toEqual({
      kind: 'invalid',
      message: 'Port must be between 1 and 65535',
    });
  });
});

const CONTAINER_FIELDS =
  'service_name template image port environment labels command volumes memory_limit cpu_limit replicas';
const INSTANCE_FIELDS =
  'instance_id name service_name workspace_id template image port command environment resources json_spec';

test.each([
  ...CONTAINER_FIELDS.split(' ').map((field) => [field, readCreateContainer] as const),
  ...INSTANCE_FIELDS.split(' ').map((field) => [field, readCreateInstance] as const),
  ...'image port command environment resources'
    .split(' ')
    .map((field) => [field, readUpdateInstance] as const),
])('%s of a wrong type is refused', (field, read) => {
  expect(read({ [field]: true })).toMatchObject({
    kind: 'invalid',
    message: expect.stringMatching(
      new RegExp(`^json: cannot unmarshal bool .*\\.${field} of type `),
    ),
  });
});

test('any body whatever throws nothing, and no message repeats what it holds', () => {
  const keys = fc.constantFrom(
    ...'instance_id name service_name workspace_id template image port command environment labels volumes resources json_spec memory_limit cpu_limit'.split(
      ' ',
    ),
  );
  const values = fc.oneof(fc.jsonValue(), fc.constant('hunter2-planted'), fc.constant(8000));
  const bodies = fc.oneof(fc.anything(), fc.dictionary(keys, values));
  fc.assert(
    fc.property(bodies, (body) => {
      for (const read of [readCreateContainer, readCreateInstance, readUpdateInstance]) {
        const reading = read(body);
        const message = reading.kind === 'invalid' ? reading.message : '';
        expect(message).not.toContain('hunter2');
      }
    }),
  );
});
