import { Ajv2020 } from 'ajv/dist/2020.js';

/** A validator of the public schemas, which tells everything that is wrong. */
export function createAjv(): Ajv2020 {
  return new Ajv2020({
    allErrors: true,
    strict: true,
    strictRequired: false,
    allowUnionTypes: true,
    ownProperties: true,
    verbose: true,
    // Ours, and tested to be legal: checking them by the schema of schemas would cost a start its time.
    validateSchema: false,
    // Smaller code is not worth the time that making it smaller takes.
    code: { optimize: false },
  });
}
