import { AppError } from '../errors.ts';
import type { WriteConditions } from '../model/declaration.ts';
import type { Secrets } from '../ports.ts';
import { etagOf } from './document-etag.ts';
import type { Written } from './written-service.ts';

/** Throws PRECONDITION_FAILED where what is written is not as the request was made for. */
export async function requireMatch(
  { secrets }: { readonly secrets: Pick<Secrets, 'versions' | 'fingerprint'> },
  { service, ifMatch, ifNew, ifNoneMatch }: WriteConditions & { readonly service: string },
  written: Written | undefined,
): Promise<void> {
  const etag =
    written && (await etagOf(secrets, { ...written, service, file: written.place.file }));
  if (ifNew === true && etag !== undefined) {
    throw new AppError('PRECONDITION_FAILED', `${service} is there already`, {
      hint: 'choose another name, or change it with If-Match',
    });
  }
  if (etag !== undefined && ifNoneMatch?.includes(etag) === true) {
    throw new AppError('PRECONDITION_FAILED', `${service} is what If-None-Match names`);
  }
  if (ifMatch === undefined) return;
  if (etag !== undefined && (ifMatch === 'any' || ifMatch.includes(etag))) return;
  const message = etag === undefined ? `there is no service ${service}` : `${service} was changed`;
  throw new AppError('PRECONDITION_FAILED', message, {
    hint: `read it again: GET /v1/services/${service}/document`,
  });
}
