import type { WriteConditions } from '../model/declaration.ts';
import type { Secrets } from '../ports.ts';
import { etagOf } from './document-etag.ts';
import { requireConditions } from './require-conditions.ts';
import type { Written } from './written-service.ts';

/** Throws PRECONDITION_FAILED where what is written is not as the request was made for. */
export async function requireMatch(
  { secrets }: { readonly secrets: Pick<Secrets, 'versions' | 'fingerprint'> },
  request: WriteConditions & { readonly service: string },
  written: Written | undefined,
): Promise<void> {
  const { service } = request;
  const etag =
    written && (await etagOf(secrets, { ...written, service, file: written.place.file }));
  requireConditions(request, etag, {
    called: service,
    missing: `there is no service ${service}`,
    hintIfThere: 'choose another name, or change it with If-Match',
    url: `/v1/services/${service}/document`,
  });
}
