import type { DeclareResult, TransferRequest } from '../model/declaration.ts';
import type { Desired } from '../model/service.ts';
import type { ServiceLimit } from '../model/service-limit.ts';
import type { AfterWrite } from './after-write.ts';
import type { Secrets } from '../ports.ts';
import { unfound } from './held-document.ts';
import { requirePlace } from './quota.ts';
import { requireMatch } from './require-match.ts';
import { shown } from './shown-document.ts';
import { findWritten, invalid, type Reading, writeKeeping } from './written-service.ts';

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
  request: TransferRequest,
): Promise<DeclareResult> {
  const { service, to, by } = request;
  const { set, written } = await findWritten(options, service);
  await requireMatch(options, request, written);
  if (!written) throw unfound(options.desired(), { service });
  const { declarer, documents } = options;
  const desired = options.desired();
  const wish = { service, to, slug: slugOf(desired, service) };
  const { writes, file, fields, secrets, problems } = declarer.transfer(
    { set, desired },
    written,
    wish,
  );
  if (problems.length > 0) throw invalid(service, problems);
  requirePlace(options.limit, options.desired(), { service, origin: to, fields });
  const [first, ...others] = writes;
  if (first) await writeKeeping(options, { ...first, secrets });
  for (const write of others) await documents.write(write.file, write.before, write.after);
  await options.written([{ service, change: { kind: 'put' } }], by);
  const declared = await shown(options.secrets, { service, origin: to, file, fields });
  return { kind: writes.length === 0 ? 'unchanged' : 'changed', declared };
}

/** Of what holds now, also where its document is not in order. */
function slugOf({ services }: Desired, service: string): string {
  return services.find(({ name }) => name === service)?.slug ?? service;
}
