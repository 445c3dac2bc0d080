import type { ServiceSpec } from './service.ts';

/** A shorter value would blot out ordinary words, and protects nothing. */
const SHORTEST_SECRET = 6;
const MASK = '(secret)';

/** Blots out the secret values of a service wherever they are printed. `environment` has them in clear. */
export function createMask(
  spec: Pick<ServiceSpec, 'env'>,
  environment: Readonly<Record<string, string>>,
): (text: string) => string {
  const secrets = Object.entries(spec.env).filter(([, value]) => typeof value !== 'string');
  return maskValues(secrets.map(([key]) => environment[key] ?? ''));
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
  const pattern = new RegExp(values.map((value) => RegExp.escape(value)).join('|'), 'g');
  return (text) => text.replace(pattern, MASK);
}
