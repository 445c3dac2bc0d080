import type { DeclareResult, TransferRequest } from '../model/declaration.ts';
import type { Desired } from '../model/service.ts';
import type { ServiceLimit } from '../model/service-limit.ts';
import type { AfterWrite } from './after-write.ts';
import type { Secrets } from '../ports.ts';
import { requirePlace } from './quota.ts';
import { etagOf } from './document-etag.ts';
import { findWritten, invalid, type Reading, unwritten } from './written-service.ts';

export interface TransferOptions extends Reading {
  readonly limit: ServiceLimit;
  readonly secrets: Secrets;
  readonly written: AfterWrite;
}

/**
 * Gives a service another owner: written into a document of that one, then taken out of the former. Between
 * the two it stands twice, and is left as it is; asked again, what was left half done is ended.
 */
export async function transfer(
  options: TransferOptions,
  { service, to, by }: TransferRequest,
): Promise<DeclareResult> {
  const { set, written } = await findWritten(options, service);
  if (!written) throw unwritten(service);
  const { declarer, documents } = options;
  const desired = options.desired();
  const wish = { service, to, slug: slugOf(desired, service) };
  const { writes, file, fields, problems } = declarer.transfer({ set, desired }, written, wish);
  if (problems.length > 0) throw invalid(service, problems);
  requirePlace(options.limit, options.desired(), { service, origin: to, fields });
  for (const write of writes) await documents.write(write.file, write.before, write.after);
  await options.written([{ service, change: { kind: 'put' } }], by);
  const document = { service, origin: to, file, fields };
  const declared = { ...document, etag: await etagOf(options.secrets, document) };
  return { kind: writes.length === 0 ? 'unchanged' : 'changed', declared };
}

/** Of what holds now, also where its document is not in order. */
function slugOf({ services }: Desired, service: string): string {
  return services.find(({ name }) => name === service)?.slug ?? service;
}
