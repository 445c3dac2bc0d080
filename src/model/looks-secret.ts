/** Words that a name of a secret has, each as a word of its own: `GITHUB_TOKEN`, `apiKey`, `DB_PASSWORD`. */
const SECRET_WORDS = wordSet(
  'auth bearer cookie credential credentials dsn jwt key keys pass passcode passphrase passwd password pat pin private pwd salt secret secrets session sig signature token tokens',
);
/** Names of nothing else than a secret. */
const SURE_WORDS = wordSet(
  'authorization bearer cookie credential credentials jwt passcode passphrase passwd password pat secret secrets token tokens',
);
/** What a name ends with that is written as one word: `PGPASSWORD`, `authtoken`, `MYSQLPWD`. */
const SECRET_ENDING = /.(apikey|password|passwd|pwd|secret|token)$/;
/** Names that end so without being secret: a key that is public, a file or a place where one lies. */
const HARMLESS_ENDINGS = wordSet(
  'count dir endpoint env file folder header id limit name path server size stdin ttl type uri url',
);
/** What takes a secret away, or says whether there is one: `--no-token`. */
const HARMLESS_BEGINNINGS = wordSet('disable enable has no public require skip use without');
/** `--max-tokens 4096`, `--token none`. */
const HARMLESS_VALUE = /^(\d{1,7}[kKmM]?|all|true|false|yes|no|on|off|none|auto)$/i;
const LONGEST_NAME = 200;
/** What stands between `scheme://` and the path: `user:password@host`. */
const AUTHORITY = /^[a-z][-+.a-z0-9]*:\/\/(?<authority>[^/?#\s]*)/i;
/** Whatever it is called: who asks, a connection string, and tokens whose first letters tell what they are. */
const SECRET_VALUES = [
  /^(Bearer|Basic|Token) \S/,
  /(^|[;\s])(password|passwd|pwd|accountkey|sharedaccesskey)\s*=\s*[^;\s]/i,
  /^(sk-|gh[opsu]_|github_pat_|glpat-|xox[abp]-|AKIA)[\w-]{8}/,
  /^eyJ[\w-]{5,}\.[\w-]+\./,
  /(^|[;\s"'])[A-Z0-9_]*(PASSWORD|PASSWD|TOKEN|SECRET|API_?KEY)=[^\s;$"']/,
  /"[\w-]*(token|password|secret|api_?key)"\s*:\s*"[^"$]/i,
  /^-----BEGIN [A-Z ]*PRIVATE KEY-----/,
];

/** Whether a variable's value should not be written down in clear. Rather too often than once too seldom. */
export function looksSecret(name: string, value: string): boolean {
  return value !== '' && (isSecretValue(value) || isSecretName(name));
}

/**
 * For places where a value can only be refused: no number, and a name that says nothing else. `key`, `session` or
 * `auth` often name what is no secret.
 */
export function isSurelySecret(name: string, value: string): boolean {
  if (isSecretValue(value)) return true;
  const words = wordsOf(name);
  if (value === '' || HARMLESS_VALUE.test(value) || isHarmless(words)) return false;
  const [word = '', before = ''] = words.filter((each) => !/^\d+$/.test(each)).toReversed();
  const isKey = word === 'key' && /^(access|api|private|secret)$/.test(before);
  // `--pwd` alone is where a program works.
  const isPassword = word === 'pwd' && before !== '';
  return SURE_WORDS.has(word) || SECRET_ENDING.test(word) || isApi(word) || isKey || isPassword;
}

/** Headers of requests carry who asks under names of their own. */
export function isSecretHeader(name: string, value: string): boolean {
  return /authorization|cookie/i.test(name) || looksSecret(name, value);
}

function isSecretName(name: string): boolean {
  const words = wordsOf(name);
  if (isHarmless(words)) return false;
  return words.some((word) => SECRET_WORDS.has(word) || SECRET_ENDING.test(word) || isApi(word));
}

function isHarmless(words: readonly string[]): boolean {
  const [first = ''] = words;
  const isEnding = HARMLESS_ENDINGS.has(words.at(-1) ?? '');
  return isEnding || HARMLESS_BEGINNINGS.has(first) || words.includes('public');
}

function isApi(word: string): boolean {
  return /^api(key|secret|token)$/.test(word);
}

function isSecretValue(value: string): boolean {
  return (
    hasPassword(value) || hasSecretParameter(value) || SECRET_VALUES.some((one) => one.test(value))
  );
}

/** One look from the front and one from the back: the value may be long, and somebody else's. */
function hasPassword(value: string): boolean {
  const authority = AUTHORITY.exec(value)?.groups?.['authority'] ?? '';
  const colon = authority.indexOf(':');
  return colon >= 0 && authority.lastIndexOf('@') > colon + 1;
}

/** `https://host/path?api_key=…`. */
function hasSecretParameter(value: string): boolean {
  const question = AUTHORITY.test(value) ? value.indexOf('?') : -1;
  if (question < 0) return false;
  const parameters = new URLSearchParams(value.slice(question).replace(/#.*$/s, ''));
  return [...parameters].some(([name, text]) => text !== '' && isSecretName(name));
}

/** `API_KEY`, `api-key` and `apiKey` are the same two words. What a name of any length means stands at its end. */
function wordsOf(name: string): readonly string[] {
  return name
    .slice(-LONGEST_NAME)
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}

function wordSet(words: string): ReadonlySet<string> {
  return new Set(words.split(' '));
}
