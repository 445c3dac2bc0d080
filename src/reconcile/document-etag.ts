import { digestOf } from '../model/canonical.ts';
import { isRecord, toRecord } from '../model/record.ts';
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
  secrets: Pick<Secrets, 'versions'>,
  { service, origin, file, fields }: Document,
): Promise<string> {
  const own = ownReferences(fields, `file:${origin}/${service}/`);
  if (own.length === 0) return `e1-${digestOf({ file, fields })}`;
  const { signal } = new AbortController();
  const versions = [...(await secrets.versions(own, signal))];
  return `e1-${digestOf({ file, fields, versions })}`;
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
