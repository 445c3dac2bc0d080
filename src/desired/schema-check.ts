import type { ValidateFunction } from 'ajv/dist/2020.js';
import desiredSchema from '../../schemas/desired.schema.json' with { type: 'json' };
import templateSchema from '../../schemas/template.schema.json' with { type: 'json' };
import { createAjv } from './ajv.ts';
import type { ServiceDocument } from './documents.gen.ts';
import type { Finding } from './finding.ts';
import { describeErrors } from './schema-errors.ts';
import type { TemplateDocument } from './templates.gen.ts';

/** A value that is what its schema says, or everything that is wrong with it. */
export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly findings: readonly Finding[] };

/** Checks plain values against the public schemas. */
export interface SchemaCheck {
  /** A whole document: its services are told by what is wrong with them. */
  document(value: unknown): readonly Finding[];
  template(value: unknown): Checked<TemplateDocument>;
  /** One service, as written or after its template was merged in. */
  service(value: unknown): Checked<ServiceDocument>;
}

/** Compiles the schemas (tens of milliseconds): made once, used for every document. */
export function createSchemaCheck(): SchemaCheck {
  const ajv = createAjv();
  ajv.addSchema(desiredSchema);
  const document = ajv.compile({ $ref: desiredSchema.$id });
  const template = ajv.compile<TemplateDocument>(templateSchema);
  const service = ajv.compile<ServiceDocument>({ $ref: `${desiredSchema.$id}#/$defs/service` });
  return {
    document(value) {
      const checked = check(document, value);
      return checked.ok ? [] : checked.findings;
    },
    template: (value) => check(template, value),
    service: (value) => check(service, value),
  };
}

function check<T>(validate: ValidateFunction<T>, value: unknown): Checked<T> {
  if (validate(value)) return { ok: true, value };
  return { ok: false, findings: describeErrors(validate.errors ?? [], value) };
}
