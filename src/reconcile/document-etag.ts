import { digestOf, toCanonicalJson } from '../model/canonical.ts';
import { namedValues } from '../model/named-values.ts';
import { isRecord, toRecord } from '../model/record.ts';
import { isClearSecret, redactFields } from '../model/redact.ts';
import type { Origin } from '../model/service.ts';
import type { Secrets } from '../ports.ts';

/** Where a service is written, and what its document says. */
export interface Document {
  readonly service: string;
  readonly origin: Origin;
  readonly file: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/**
 * Another one whenever the fields say something else, lie elsewhere, or another value lies where a reference
 * stands for one that was written with them: two who change a secret must not miss each other either.
 */
export async function etagOf(
  secrets: Pick<Secrets, 'versions' | 'fingerprint'>,
  { service, origin, file, fields }: Document,
): Promise<string> {
  const own = ownReferences(fields, `file:${origin}/${service}/`);
  const { signal } = new AbortController();
  const versions = own.length > 0 && [...(await secrets.versions(own, signal))];
  // A digest of what is not shown would tell it to who tries all that it can be.
  const hidden = namedValues(fields).filter(isClearSecret);
  const clear = hidden.length > 0 && (await secrets.fingerprint(toCanonicalJson(hidden)));
  const shown = { file, fields: redactFields(fields) };
  return `e1-${digestOf({ ...shown, ...(versions && { versions }), ...(clear && { clear }) })}`;
}

function ownReferences(
  { env, headers, authentication }: Document['fields'],
  prefix: string,
): readonly string[] {
  return [env, headers, authentication]
    .flatMap((map) => Object.values(toRecord(map)))
    .flatMap((value) => (isRecord(value) ? [value['secret']] : []))
    .filter((reference) => typeof reference === 'string')
    .filter((reference) => reference.startsWith(prefix));
}
