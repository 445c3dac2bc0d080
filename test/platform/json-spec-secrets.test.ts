import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readJsonSpec } from '../../src/platform/read-json-spec.ts';
import { REDACTED } from '../../src/model/redact.ts';
import { ADDRESS, IMAGE, NAMED } from './json-specs.ts';

describe('a secret', () => {
  test('that came back as it was shown stays so until a document is written', () => {
    const environment = { API_KEY: REDACTED, PLAIN: REDACTED };
    const authentication = { type: 'bearer', token: REDACTED };

    expect(readJsonSpec({ ...IMAGE, environment }, NAMED)).toMatchObject({
      fields: { env: environment },
    });
    expect(readJsonSpec({ endpoint_url: ADDRESS, authentication }, NAMED)).toMatchObject({
      fields: { headers: { Authorization: REDACTED } },
    });
  });

  test('is in no error and no warning', () => {
    const planted = fc
      .jsonValue()
      .map((value): unknown => JSON.parse(JSON.stringify(value, plant)));
    fc.assert(
      fc.property(planted, fc.boolean(), (value, isUrl) => {
        const spec = isUrl
          ? { type: 'url', endpoint: value, authentication: value, headers: value }
          : { image: value, port: value, environment: value, cmd: value, resources: value };
        const { warnings, ...reading } = readJsonSpec(spec, NAMED);
        const errors = reading.kind === 'invalid' ? reading.errors : [];
        expect([...errors, ...warnings].join()).not.toContain('hunter2');
      }),
    );
  });
});

/** Every text in a value, in place of what it was. */
function plant(_name: string, value: unknown): unknown {
  return typeof value === 'string' ? 'hunter2-planted' : value;
}
