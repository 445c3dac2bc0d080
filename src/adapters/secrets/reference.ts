export type ProviderName = 'file' | 'environment';

/** Where a reference points, or why it points nowhere. */
export type SecretPlace =
  | { readonly kind: 'place'; readonly provider: ProviderName; readonly key: string }
  | { readonly kind: 'refused'; readonly cause: string };

const PATH_AND_KEY = /^\/([^#]*)#([\w.-]+)$/;
/** The platform's own form (wire.md §8): `secret_ref:{instance}:{ENV}` or `secret_ref:{ENV}`. */
const PLATFORM = /^secret_ref:(?:([\w.-]+):)?([A-Za-z_]\w*)$/;

/** Reads one reference. The text of a bad one is not repeated: it may be a value by mistake. */
export function parseReference(reference: string, defaultProvider: ProviderName): SecretPlace {
  if (reference.startsWith('env:')) return toPlace('environment', reference.slice(4));
  if (reference.startsWith('file:')) return toPlace('file', reference.slice(5));
  const [, path, key] = PATH_AND_KEY.exec(reference) ?? [];
  if (path !== undefined && key !== undefined) {
    return toPlace(defaultProvider, keyAtPath(path, key, defaultProvider));
  }
  const [, instance, name] = PLATFORM.exec(reference) ?? [];
  if (name === undefined) return { kind: 'refused', cause: NOT_A_REFERENCE };
  return toPlace(
    defaultProvider,
    instance === undefined ? name : `mcp_instance_${instance}_${name}`,
  );
}

const NOT_A_REFERENCE =
  'a secret reference is env:NAME, file:path/to/file, /path#KEY or secret_ref:instance:NAME; this one is none of them (its text is not shown: it may be a value by mistake)';

function keyAtPath(path: string, key: string, provider: ProviderName): string {
  if (provider === 'environment') return key;
  return [...path.split('/').filter((part) => part !== ''), key].join('/');
}

function toPlace(provider: ProviderName, key: string): SecretPlace {
  return { kind: 'place', provider, key };
}
