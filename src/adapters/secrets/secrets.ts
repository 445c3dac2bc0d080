import { join } from 'node:path';
import { AppError, formatError, type ErrorCode } from '../../errors.ts';
import type { Secrets, SecretState, SecretValues } from '../../ports.ts';
import { createEnvironmentProvider } from './environment.ts';
import { createFileProvider } from './file.ts';
import type { SecretLookup, SecretProvider, VersionOf } from './provider.ts';
import { dropSecrets, type KeptSecret, keepSecrets } from './keep.ts';
import { parseReference, type ProviderName } from './reference.ts';
import { openVersionKey } from './version-key.ts';

export interface SecretsOptions {
  readonly stateFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Which variables `env:NAME` may name, by their beginning. */
  readonly environmentPrefixes: readonly string[];
  /** Default: `secrets` in the state folder. */
  readonly folder?: string;
  /** Where `/path#KEY` and `secret_ref:…` lead. */
  readonly defaultProvider: ProviderName;
  /** Whether the key of versions may be made where there is none; default: yes. */
  readonly mayWrite?: boolean;
}

/**
 * Secrets by reference: `env:NAME`, `file:path`, `/path#KEY`, `secret_ref:…` (wire.md §8).
 * Values are read when they are resolved and not kept; no message ever holds one.
 */
export function openSecrets(options: SecretsOptions): Secrets {
  const { stateFolder, environment, environmentPrefixes, defaultProvider } = options;
  const folder = options.folder ?? join(stateFolder, 'secrets');
  const providers: Readonly<Record<ProviderName, SecretProvider>> = {
    environment: createEnvironmentProvider({ environment, prefixes: environmentPrefixes }),
    file: createFileProvider({ folder }),
  };
  const openKey = rememberSuccess(() => openSecretKey(stateFolder, options.mayWrite ?? true));

  async function stateOf(reference: string, versionOf: VersionOf): Promise<SecretState> {
    const place = parseReference(reference, defaultProvider);
    if (place.kind === 'refused') return place;
    const { provider, key } = place;
    return naming(reference, await providers[provider].version({ reference, key }, versionOf));
  }

  async function valueOf(reference: string): Promise<SecretLookup> {
    const place = parseReference(reference, defaultProvider);
    if (place.kind === 'refused') return place;
    return naming(reference, await providers[place.provider].value(place.key));
  }

  return {
    async versions(references, signal) {
      if (references.length === 0) return new Map();
      try {
        const versionOf = await openKey();
        return await lookUpAll(references, (reference) => stateOf(reference, versionOf), signal);
      } catch (error) {
        const cause = formatError(error);
        return new Map(references.map((each) => [each, { kind: 'unavailable', cause }]));
      }
    },
    async resolve(references, signal) {
      return toValues(await lookUpAll(references, valueOf, signal));
    },
    async keep(values, { replaces } = { replaces: false }) {
      const kept = [...values].map(([reference, value]) => toKept(reference, value));
      await keepSecrets({ folder, provider: providers.file, replaces }, kept);
    },
    fingerprint: async (text) => (await openKey())('document', text),
    async drop(references) {
      const kept = references.map((reference) => toKept(reference, ''));
      await dropSecrets(folder, kept);
    },
  };
}

/** The keyed hash of this installation, for what must be known again and not be guessed. Throws STATE_UNWRITABLE. */
export function openSecretKey(stateFolder: string, mayWrite = true): Promise<VersionOf> {
  return openVersionKey(join(stateFolder, 'secret-key'), mayWrite);
}

/** What there is none of is named as it was written. */
function naming<Answer extends SecretState | SecretLookup>(
  reference: string,
  answer: Answer,
): Answer {
  return answer.kind === 'known'
    ? answer
    : { ...answer, cause: `secret ${reference}: ${answer.cause}` };
}

type Unavailable = { readonly kind: 'unavailable'; readonly cause: string };

/** All at once; what has not answered when the signal aborts is unavailable. */
async function lookUpAll<Found>(
  references: readonly string[],
  lookUp: (reference: string) => Promise<Found>,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Found | Unavailable>> {
  const late: Unavailable = { kind: 'unavailable', cause: 'the secret was not read in time' };
  const found = new Map<string, Found | Unavailable>(references.map((each) => [each, late]));
  const all = [...found.keys()].map(async (reference) => {
    const answer = await lookUp(reference);
    if (!signal.aborted) found.set(reference, answer);
  });
  await untilAborted(Promise.all(all), signal);
  return found;
}

async function untilAborted(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise: aborted, resolve } = Promise.withResolvers<void>();
  const onAbort = () => resolve();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** Only a reference that names the files itself leads there whatever the default provider is. */
function toKept(reference: string, value: string): KeptSecret {
  const place = parseReference(reference, 'environment');
  if (place.kind === 'place' && place.provider === 'file') {
    return { reference, key: place.key, value };
  }
  throw new AppError('REFUSED', `secret ${reference} does not lead to a file`);
}

const FAILURES = {
  missing: { code: 'SECRET_MISSING', hint: 'put the value there, or correct the reference' },
  refused: { code: 'SECRET_REFUSED', hint: 'correct the reference, or what it leads to' },
  unavailable: { code: 'SECRETS_UNAVAILABLE', hint: 'it is tried again' },
} as const satisfies Record<string, { code: ErrorCode; hint: string }>;

function toValues(found: ReadonlyMap<string, SecretLookup>): SecretValues {
  const values = new Map<string, string>();
  for (const [reference, answer] of found) {
    if (answer.kind !== 'known') {
      const { code, hint } = FAILURES[answer.kind];
      throw new AppError(code, answer.cause, { hint });
    }
    values.set(reference, answer.value);
  }
  return values;
}

/** One key for the life of the process; a failure is tried again. */
function rememberSuccess<T>(open: () => Promise<T>): () => Promise<T> {
  let opened: Promise<T> | undefined;
  return () => {
    opened ??= open().catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
}
