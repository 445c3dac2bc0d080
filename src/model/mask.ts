import { isSurelySecret } from './looks-secret.ts';
import { namedValues } from './named-values.ts';
import { isClearSecret } from './redact.ts';
import type { ServiceSpec } from './service.ts';

/** A shorter value would blot out ordinary words, and protects nothing. */
const SHORTEST_SECRET = 6;
const MASK = '(secret)';
/** Stands for it until all are blotted out: no value is found in it. */
const BLOT = '\0';

/**
 * Blots out the secret values of a service wherever they are printed, also those that its document has in clear.
 * `environment` has them all in clear.
 */
export function createMask(
  { env, command = [] }: Pick<ServiceSpec, 'env' | 'command'>,
  environment: Readonly<Record<string, string>>,
): (text: string) => string {
  const secrets = Object.entries(env).filter(([, value]) => typeof value !== 'string');
  // What surely is one: a word that is no secret would be blotted out of everything that is printed.
  const inClear = namedValues({ env, command }).filter(
    (named) => isClearSecret(named) && isSurelySecret(named.name, String(named.value)),
  );
  return maskValues([
    ...secrets.map(([key]) => environment[key] ?? ''),
    ...inClear.map(({ value }) => String(value)),
  ]);
}

/** Blots out these values. */
export function maskValues(secrets: readonly string[]): (text: string) => string {
  const values = secrets
    // What is printed comes line by line, also of a key of many lines.
    .flatMap((value) => [value, ...value.split(/\r?\n/)])
    // And inside JSON, as the bridge logs what its server says.
    .flatMap((value) => [value, JSON.stringify(value).slice(1, -1)])
    .filter(({ length }) => length >= SHORTEST_SECRET)
    // A value that contains another one goes first, so that no rest of it is left.
    .toSorted((a, b) => b.length - a.length);
  if (values.length === 0) return (text) => text;
  return (text) => {
    const blotted = values.reduce((left, value) => left.replaceAll(value, BLOT), text);
    return blotted.replaceAll(BLOT, MASK);
  };
}
