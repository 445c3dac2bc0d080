import type { ServiceDocument } from './documents.gen.ts';
import type { UnknownRecord } from '../model/record.ts';

/** How the platform writes down a remote server: in a `json_spec`, or from its form for external servers. */
type PlatformRemote = Pick<
  ServiceDocument,
  'authentication' | 'health_check' | 'timeout' | 'is_public' | 'tags' | 'type' | 'headers'
> & { readonly endpoint?: unknown; readonly endpoint_url?: unknown };

/** The same in our own words; what is for people or another check is left out. Ours win. */
export function fromPlatform({
  endpoint,
  endpoint_url: url = endpoint,
  authentication,
  headers: own,
  type: _type,
  health_check: _healthCheck,
  timeout: _timeout,
  is_public: _isPublic,
  tags: _tags,
  ...fields
}: PlatformRemote & UnknownRecord): UnknownRecord {
  const headers = { ...(authentication && toHeader(authentication)), ...own };
  return {
    ...(url !== undefined && { url }),
    ...fields,
    ...(Object.keys(headers).length > 0 && { headers }),
  };
}

function toHeader({ token }: NonNullable<ServiceDocument['authentication']>): UnknownRecord {
  const secret = typeof token === 'string' ? token : token.secret;
  return { Authorization: { secret, prefix: 'Bearer ' } };
}
