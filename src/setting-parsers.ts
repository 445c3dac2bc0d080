import { isAbsolute, join } from 'node:path';
import { isAddress, isAddressRange } from './model/address.ts';
import { isLoopbackHost } from './model/host-name.ts';

/** Reads the text of one setting. `undefined` means: a mistake; `expected` says what was wanted. */
export interface SettingParser<T> {
  readonly expected: string;
  readonly parse: (text: string) => T | undefined;
}

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};
const DURATION = /^(\d+(?:\.\d+)?(?:ms|s|m|h))+$/;
const DURATION_PART = /(\d+(?:\.\d+)?)(ms|s|m|h)/g;
/** The longest delay that a timer of Node takes: 24 days. */
const LONGEST_DURATION_MS = 2 ** 31 - 1;

/** Go syntax, as the platform writes it (wire.md §2): `30s`, `2m`, `1h30m`. Answers milliseconds. */
export function parseDuration(text: string): number | undefined {
  if (!DURATION.test(text)) return undefined;
  const parts = [...text.matchAll(DURATION_PART)];
  const ms = parts.reduce((sum, [, count, unit]) => sum + Number(count) * UNIT_MS[unit ?? '']!, 0);
  return ms > 0 && ms <= LONGEST_DURATION_MS ? ms : undefined;
}

export const duration: SettingParser<number> = {
  expected: 'a duration such as 30s, 2m or 1h30m',
  parse: parseDuration,
};

export const text: SettingParser<string> = { expected: 'a text', parse: (value) => value };

/** Spellings of Go's ParseBool, in any case. */
export const boolean: SettingParser<boolean> = {
  expected: 'true or false',
  parse(value) {
    if (/^(1|t|true)$/i.test(value)) return true;
    return /^(0|f|false)$/i.test(value) ? false : undefined;
  },
};

const UNIT_BYTES: Readonly<Record<string, number>> = {
  '': 1,
  k: 1024,
  m: 1024 ** 2,
  g: 1024 ** 3,
};

/** As documents write memory; answers bytes. */
export const bytes: SettingParser<number> = {
  expected: 'an amount of memory such as 512m or 2Gi',
  parse(value) {
    const [, count, unit = ''] = /^(\d{1,9}(?:\.\d{1,3})?)([kmg]?)(?:i?b?)$/i.exec(value) ?? [];
    if (count === undefined) return undefined;
    return Math.round(Number(count) * UNIT_BYTES[unit.toLowerCase()]!);
  },
};

/** A number above zero. */
export const amount: SettingParser<number> = {
  expected: 'a number above 0 such as 0.5 or 2',
  parse(value) {
    const number = /^\d{1,6}(?:\.\d{1,3})?$/.test(value) ? Number(value) : 0;
    return number > 0 ? number : undefined;
  },
};

/** Items between commas; blanks around them and empty ones do not count. */
export const list: SettingParser<readonly string[]> = {
  expected: 'items separated by commas',
  parse: (value) =>
    value
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
};

/** A whole number from `least` to `most`. */
export function integer(least: number, most: number): SettingParser<number> {
  return {
    expected: `a whole number from ${least} to ${most}`,
    parse(value) {
      const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
      return number >= least && number <= most ? number : undefined;
    },
  };
}

/** One of a few words, in any case; `aliases` are other spellings of them. */
export function word<const Word extends string>(
  words: readonly Word[],
  aliases: Readonly<Record<string, Word>> = {},
): SettingParser<Word> {
  return {
    expected: `one of ${words.join(', ')}`,
    parse(value) {
      const wanted = value.toLowerCase();
      return words.find((known) => known === wanted) ?? aliases[wanted];
    },
  };
}

/** A URL of one of these protocols; answered as written, without slashes at its end. */
export function url(...protocols: readonly string[]): SettingParser<string> {
  return {
    expected: `a URL that begins with ${protocols.map((name) => `${name}://`).join(' or ')}`,
    parse(value) {
      const protocol = URL.canParse(value) ? new URL(value).protocol.slice(0, -1) : '';
      return protocols.includes(protocol) ? value.replace(/\/+$/, '') : undefined;
    },
  };
}

/** A URL over HTTP that may be shown: it holds no password. */
export const openUrl: SettingParser<string> = {
  expected: 'a URL that begins with http:// or https:// and holds no password',
  parse(value) {
    const parsed = url('http', 'https').parse(value);
    if (parsed === undefined) return undefined;
    const { username, password } = new URL(parsed);
    return username === '' && password === '' ? parsed : undefined;
  },
};

export const absoluteFolders: SettingParser<readonly string[]> = {
  expected: 'absolute folders separated by commas',
  parse(value) {
    const folders = list.parse(value);
    return folders?.every((folder) => isAbsolute(folder)) ? folders : undefined;
  },
};

export const addressRanges: SettingParser<readonly string[]> = {
  expected: 'addresses or CIDR ranges such as 10.1.0.0/16, separated by commas',
  parse(value) {
    const ranges = list.parse(value);
    return ranges?.every(isAddressRange) ? ranges : undefined;
  },
};

/** A YAML file: the one that is named, or the one of this name in the folder that is named. */
export function yamlFile(name: string): SettingParser<string> {
  return {
    expected: 'a folder, or a file that ends in .yaml or .yml',
    parse: (value) => (/\.ya?ml$/.test(value) ? value : join(value, name)),
  };
}

/** What can become a label on every object that the manager makes. */
export const label: SettingParser<string> = {
  expected: 'at most 63 letters, digits, dashes, dots and underscores',
  parse: (value) =>
    /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/.test(value) ? value : undefined,
};

/** An address, or the name of a machine. */
export const hostName: SettingParser<string> = {
  expected: 'an address or the name of a machine',
  parse: (value) => (isAddress(value) || HOST_NAME.test(value) ? value.toLowerCase() : undefined),
};

const HOST_NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/i;

export const hostNames: SettingParser<readonly string[]> = {
  expected: 'names or addresses of machines separated by commas, without ports',
  parse: (value) => allOf(list.parse(value), hostName),
};

/** Origins as browsers write them; never `*`. */
export const exactOrigins: SettingParser<readonly string[]> = {
  expected: 'origins such as https://ui.example.org, separated by commas',
  parse(value) {
    const origins = list.parse(value);
    return origins?.every(isOrigin) ? origins : undefined;
  },
};

function isOrigin(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { origin, protocol } = new URL(value);
  return origin === value && /^https?:$/.test(protocol);
}

/** A URL whose answer can be trusted: over HTTPS, or of this machine. */
export const httpsUrl: SettingParser<string> = {
  expected: 'a URL that begins with https:// (http:// for this machine alone)',
  parse(value) {
    const parsed = openUrl.parse(value);
    if (parsed === undefined) return undefined;
    const { protocol, hostname } = new URL(parsed);
    return protocol === 'https:' || isLoopbackHost(hostname) ? parsed : undefined;
  },
};

function allOf<T>(
  items: readonly string[] | undefined,
  parser: SettingParser<T>,
): readonly T[] | undefined {
  const parsed = items?.map((item) => parser.parse(item)) ?? [undefined];
  return parsed.every((item) => item !== undefined) ? parsed : undefined;
}
