/** Words that a name of a secret has, each as a word of its own: `GITHUB_TOKEN`, `apiKey`, `DB_PASSWORD`. */
const SECRET_WORDS = new Set(
  'auth cookie credential credentials dsn key keys pass passcode passphrase passwd password pat pin private pwd salt secret secrets session signature token tokens'.split(
    ' ',
  ),
);
/** Names that end so without being secret: a key that is public, a file or a place where one lies. */
const HARMLESS_ENDINGS = new Set(
  'file path dir folder url uri endpoint name id ttl header'.split(' '),
);
/** Names of nothing else than a secret. */
const SURE_WORDS = new Set(
  'authorization cookie credential credentials passcode passphrase passwd password pat pwd secret secrets token tokens'.split(
    ' ',
  ),
);
/** `--max-tokens 4096`, `--token none`. */
const HARMLESS_VALUE = /^(\d+|true|false|yes|no|on|off|none|auto)$/i;
/** What stands between `scheme://` and the path: `user:password@host`. */
const AUTHORITY = /^[a-z][-+.a-z0-9]*:\/\/(?<authority>[^/?#\s]*)/i;

/** Whether a variable's value should not be written down in clear. Rather too often than once too seldom. */
export function looksSecret(name: string, value: string): boolean {
  if (value === '') return false;
  if (hasPassword(value)) return true;
  const words = wordsOf(name);
  if (HARMLESS_ENDINGS.has(words.at(-1) ?? '') || words.includes('public')) return false;
  return words.some((word) => SECRET_WORDS.has(word) || /^api(key|secret|token)$/.test(word));
}

/**
 * For places where a value can only be refused: no number, and a name that means nothing else. `key`, `session` or
 * `auth` often name what is no secret.
 */
export function isSurelySecret(name: string, value: string): boolean {
  if (hasPassword(value)) return true;
  if (!isSecretHeader(name, value) || HARMLESS_VALUE.test(value)) return false;
  const words = wordsOf(name);
  return words.some(
    (word, index) =>
      SURE_WORDS.has(word) ||
      /^api(key|secret|token)$/.test(word) ||
      (word === 'key' && /^(access|api|private|secret)$/.test(words[index - 1] ?? '')),
  );
}

/** Headers of requests carry who asks under names of their own. */
export function isSecretHeader(name: string, value: string): boolean {
  return /authorization|cookie/i.test(name) || looksSecret(name, value);
}

/** One look from the front and one from the back: the value may be long, and somebody else's. */
function hasPassword(value: string): boolean {
  const authority = AUTHORITY.exec(value)?.groups?.['authority'] ?? '';
  const colon = authority.indexOf(':');
  return colon >= 0 && authority.lastIndexOf('@') > colon + 1;
}

/** `API_KEY`, `api-key` and `apiKey` are the same two words. */
function wordsOf(name: string): readonly string[] {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}
