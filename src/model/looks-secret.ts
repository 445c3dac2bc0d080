/** Words that a name of a secret has, each as a word of its own: `GITHUB_TOKEN`, `apiKey`, `DB_PASSWORD`. */
const SECRET_WORDS = wordSet(
  'auth bearer cookie cookies credential credentials dsn jwt key keys pass passcode passphrase passphrases passwd password passwords pat pin private pwd salt secret secrets session sig signature token tokens',
);
/** The same where nothing follows: `OAUTH_ISSUER` and `PW_BROWSER` are no secrets. */
const SECRET_LAST_WORDS = wordSet('oauth pw');
/** Names of nothing else than a secret. */
const SURE_WORDS = wordSet(
  'authorization bearer cookie cookies credential credentials jwt passcode passphrase passphrases passwd password passwords pat secret secrets token tokens',
);
/** What a name ends with that is written as one word: `PGPASSWORD`, `authtoken`, `MYSQLPWD`. */
const SECRET_ENDING = /.(apikeys?|passwords?|passwd|pwd|secrets?|token)$/;
/** Words that say what a key is for, written as one with it: `SECRETKEY`. */
const SECRET_KEY = /(access|auth|encryption|master|private|secret|signing)keys?$/;
/** `PGPASS` is a password, `PROXYBYPASS` is none. */
const PASS_ENDING = /.pass$/;
const NO_PASSWORD = /(band|by|com|high|low|multi|over|sur|tres|under)pass$/;
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
const AUTHORITY = /^(jdbc:)?[a-z][-+.a-z0-9]*:\/\/(?<authority>[^/?#\s]*)/i;
/** The same without a scheme, as drivers of databases take it. */
const USER_AND_PASSWORD = [/^[a-z_][^\s:@/]*:[^\s:@/]+@[[\w]/i, /^[^\s:@/]+:\S+@(tcp|unix)\(/];
/** Addresses and versions of something else: `mailto:ann@host`, `image:tag@sha256:…`. */
const NO_USER = /^(acct|e?mail|file|git|jsr|mailto|npm|sips?|xmpp):|@sha\d+:/i;
/** Whatever it is called: who asks, a connection string, and tokens whose first letters tell what they are. */
const SECRET_VALUES = [
  /^(Bearer|Basic|Token) \S/,
  /(^|[;\s])(password|passwd|pwd|accountkey|sharedaccesskey)\s*=\s*[^;\s]/i,
  /^(sk-|gh[oprsu]_|github_pat_|glpat-|xox[abeprs]-|xapp-|AKIA)[\w-]{8}/,
  /^(hf|npm|dckr_pat|[rs]k_live|[rs]k_test|whsec)_[A-Za-z0-9]{16}/,
  /^(AIza[\w-]{30}|ASIA[A-Z0-9]{16}|SG\.[\w-]{16,}\.)/,
  /^mcpm_[0-9a-f]{12}_/,
  /^https:\/\/hooks\.slack\.com\/(services|triggers|workflows)\/./,
  /^https:\/\/(\w+\.)?discord(app)?\.com\/api\/webhooks\/./,
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
  const [word = '', before = ''] = withoutNumbers(words).toReversed();
  const isKey = word === 'key' && /^(access|api|private|secret)$/.test(before);
  // `--pwd` alone is where a program works.
  const isPassword = /^pwd?$/.test(word) && before !== '';
  return SURE_WORDS.has(word) || isSecretInOne(word) || isKey || isPassword;
}

/** Headers of requests carry who asks under names of their own. */
export function isSecretHeader(name: string, value: string): boolean {
  return /authorization|cookie/i.test(name) || looksSecret(name, value);
}

function isSecretName(name: string): boolean {
  const words = wordsOf(name);
  if (isHarmless(words)) return false;
  const own = withoutNumbers(words);
  return (
    own.some((word) => SECRET_WORDS.has(word) || isSecretInOne(word) || isPass(word)) ||
    SECRET_LAST_WORDS.has(own.at(-1) ?? '')
  );
}

function isHarmless(words: readonly string[]): boolean {
  const [first = ''] = words;
  const isEnding = HARMLESS_ENDINGS.has(words.at(-1) ?? '');
  return isEnding || HARMLESS_BEGINNINGS.has(first) || words.includes('public');
}

function isSecretInOne(word: string): boolean {
  return (
    SECRET_ENDING.test(word) || SECRET_KEY.test(word) || /^api(keys?|secret|token)$/.test(word)
  );
}

function isPass(word: string): boolean {
  return PASS_ENDING.test(word) && !NO_PASSWORD.test(word);
}

/** `TOKEN1` and `TOKEN_1` are tokens; Auth0 is somebody's name. */
function withoutNumbers(words: readonly string[]): readonly string[] {
  return words
    .map((word) => (word === 'auth0' ? word : word.replace(/\d+$/, '')))
    .filter((word) => word !== '');
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
  if (colon >= 0 && authority.lastIndexOf('@') > colon + 1) return true;
  return USER_AND_PASSWORD.some((one) => one.test(value)) && !NO_USER.test(value);
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
