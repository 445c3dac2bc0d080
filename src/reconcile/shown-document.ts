import { redactFields } from '../model/redact.ts';
import type { Secrets } from '../ports.ts';
import { type Document, etagOf } from './document-etag.ts';

/** A document as an answer shows it, with the ETag of what it really says: nothing in clear that looks secret. */
export async function shown(
  secrets: Pick<Secrets, 'versions' | 'fingerprint'>,
  document: Document,
): Promise<Document & { readonly etag: string }> {
  const { service, origin, file, fields } = document;
  const etag = await etagOf(secrets, document);
  return { service, origin, file, fields: redactFields(fields), etag };
}
