import type { SecretLookup, SecretProvider } from './provider.ts';

export interface EnvironmentOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Only variables that start with one of these may be referred to. */
  readonly prefixes: readonly string[];
}

/** Secrets in the manager's own environment. Without prefixes, documents could read all of it. */
export function createEnvironmentProvider(options: EnvironmentOptions): SecretProvider {
  return {
    async version({ reference, key }, versionOf) {
      const found = lookUp(options, key);
      if (found.kind !== 'known') return found;
      return { kind: 'known', version: versionOf(reference, found.value) };
    },
    value: async (key) => lookUp(options, key),
  };
}

function lookUp({ environment, prefixes }: EnvironmentOptions, name: string): SecretLookup {
  if (!prefixes.some((prefix) => name.startsWith(prefix))) {
    const allowed =
      prefixes.length === 0 ? 'none are allowed' : `allowed: ${prefixes.join('*, ')}*`;
    return {
      kind: 'refused',
      cause: `the environment variable ${name} may not be read as a secret (${allowed})`,
    };
  }
  const value = Object.hasOwn(environment, name) ? environment[name] : undefined;
  if (value === undefined || value === '') {
    const how = value === '' ? 'empty' : 'not set';
    return {
      kind: 'missing',
      cause: `the environment variable ${name} is ${how} where the manager runs`,
    };
  }
  return { kind: 'known', value };
}
