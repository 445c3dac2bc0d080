import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readJsonSpec } from '../../src/platform/read-json-spec.ts';
import { REDACTED } from '../../src/model/redact.ts';
import { toJsonSpec } from '../../src/platform/to-json-spec.ts';
import { ADDRESS, IMAGE, NAMED, REFERENCE } from './json-specs.ts';

describe('a secret', () => {
  test('among the variables is told apart, a reference and an ordinary value are not', () => {
    const environment = {
      API_KEY: 'hunter2',
      LOG_LEVEL: 'info',
      DB_TOKEN: REFERENCE,
      DSN: 'postgres://u:p@host/db',
    };

    expect(readJsonSpec({ ...IMAGE, environment }, NAMED)).toMatchObject({
      secrets: [
        { field: 'env', name: 'API_KEY' },
        { field: 'env', name: 'DSN' },
      ],
      unchanged: [],
    });
  });

  test('among the headers is told apart', () => {
    const headers = { Cookie: 'a=b', 'X-Api-Key': 'k', 'X-Team': 'a' };
    const authentication = { type: 'bearer', token: 'hunter2' };

    expect(readJsonSpec({ endpoint_url: ADDRESS, headers, authentication }, NAMED)).toMatchObject({
      secrets: ['Cookie', 'X-Api-Key', 'Authorization'].map((name) => ({ field: 'headers', name })),
    });
  });

  test('that came back as it was shown is one that stays', () => {
    const environment = { API_KEY: REDACTED, PLAIN: REDACTED };
    const authentication = { type: 'bearer', token: REDACTED };

    expect(readJsonSpec({ ...IMAGE, environment }, NAMED)).toMatchObject({
      fields: { env: environment },
      secrets: [],
      unchanged: [
        { field: 'env', name: 'API_KEY' },
        { field: 'env', name: 'PLAIN' },
      ],
    });
    expect(readJsonSpec({ endpoint_url: ADDRESS, authentication }, NAMED)).toMatchObject({
      fields: { headers: { Authorization: REDACTED } },
      unchanged: [{ field: 'headers', name: 'Authorization' }],
    });
  });

  test('is in no json_spec that is shown, whichever way a document has it', () => {
    const env = {
      A: { secret: 'file:core/a' },
      API_KEY: 'hunter2',
      B: REFERENCE,
      C: { secret: REFERENCE },
      D: 7,
    };
    const headers = {
      Authorization: 'Bearer hunter2',
      'X-Key': { secret: 'env:KEY', prefix: 'Basic ' },
    };

    expect(toJsonSpec({ ...IMAGE, env })['environment']).toEqual({
      A: REDACTED,
      API_KEY: REDACTED,
      B: REFERENCE,
      C: REFERENCE,
      D: '7',
    });
    expect(toJsonSpec({ url: ADDRESS, headers })['headers']).toEqual({
      Authorization: REDACTED,
      'X-Key': REDACTED,
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
