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

/** One look from the front and one from the back: the value may be long, and somebody else's. */
function hasPassword(value: string): boolean {
  const authority = AUTHORITY.exec(value)?.groups?.['authority'] ?? '';
  const colon = authority.indexOf(':');
  return colon >= 0 && authority.lastIndexOf('@') > colon;
}

/** `API_KEY`, `api-key` and `apiKey` are the same two words. */
function wordsOf(name: string): readonly string[] {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}
