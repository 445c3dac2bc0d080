import { AppError, type ErrorCode } from '../../errors.ts';
import type { ImageReference } from './image-reference.ts';
import { NO_SPACE, storageFull } from './storage-full.ts';

/**
 * What an engine said of a pull that failed, in words that tell whose turn it is; `troubles` are what
 * was in the way of a login.
 */
export function toPullFailure(
  said: string,
  { name, registry, repository }: ImageReference,
  troubles: readonly string[],
): AppError {
  // An image may be called as an error is.
  const whole = new RegExp(`(?<![\\w.-])${RegExp.escape(repository)}(?![\\w.-])`, 'g');
  const clear = said.replaceAll(whole, '');
  if (NO_SPACE.test(clear)) return storageFull(`pull ${name}`);
  const failure = FAILURES.find(({ pattern }) => pattern.test(clear)) ?? UNREACHABLE;
  const [, ...found] = failure.pattern.exec(clear) ?? [];
  const message = failure.says({ registry, found, words: shorten(said) });
  const more = failure.code === 'IMAGE_UNAUTHORIZED' ? troubles.map((one) => `; ${one}`) : [];
  return new AppError(failure.code, `${name} cannot be pulled: ${message}${more.join('')}.`, {
    hint: failure.hint.replaceAll('REGISTRY', registry),
  });
}

interface Failure {
  /** Of the engine's words, which repeat those of the registry. */
  readonly pattern: RegExp;
  readonly code: ErrorCode;
  readonly says: (facts: Facts) => string;
  readonly hint: string;
}

interface Facts {
  readonly registry: string;
  readonly found: readonly string[];
  readonly words: string;
}

/** The first that matches holds. */
const FAILURES: readonly Failure[] = [
  {
    pattern: /no image found in .*for architecture "?(\w+)"?,.* OS "?(\w+)/,
    code: 'IMAGE_MISSING',
    says: ({ registry, found: [architecture, system] }) =>
      `${registry} has it for other machines, not for ${system}/${architecture}, which the engine needs`,
    hint: 'name an image that is built for it',
  },
  {
    pattern: /manifest unknown|name unknown|repository name not known|status\D{0,20}404\b/i,
    code: 'IMAGE_MISSING',
    says: ({ registry }) => `${registry} has no such image`,
    hint: 'correct the reference, or push the image',
  },
  {
    pattern: /is blocked in|rejected by policy/,
    code: 'IMAGE_UNAUTHORIZED',
    says: ({ words }) => `the engine's own settings forbid it: ${words}`,
    hint: 'see registries.conf and policy.json of the engine',
  },
  {
    pattern:
      /unauthorized|authentication required|access to the resource is denied|status\D{0,20}40[13]\b/i,
    code: 'IMAGE_UNAUTHORIZED',
    says: ({ registry }) => `${registry} wants a login that may read it`,
    hint: 'log in with `podman login REGISTRY`; registries also say so of what does not exist',
  },
  {
    pattern: /gave HTTP response to HTTPS client|certificate/,
    code: 'REGISTRY_UNAVAILABLE',
    says: ({ registry, words }) => `the engine does not trust ${registry}: ${words}`,
    hint: 'give the engine its certificate, or mark REGISTRY as `insecure` in registries.conf',
  },
];

const UNREACHABLE: Failure = {
  pattern: /^/,
  code: 'REGISTRY_UNAVAILABLE',
  says: ({ registry, words }) => `${registry} does not answer as it should: ${words}`,
  hint: 'it is asked again by itself',
};

/** Without what only repeats the reference. */
function shorten(said: string): string {
  return said.replace(/^.*?docker:\/\/[^ ]+: /, '').slice(0, LONGEST_WORDS);
}

const LONGEST_WORDS = 300;
