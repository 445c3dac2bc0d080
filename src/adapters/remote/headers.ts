import { validateHeaderValue } from 'node:http';
import { AppError } from '../../errors.ts';
import type { DesiredService } from '../../model/service.ts';
import type { SecretValues } from '../../ports.ts';

/**
 * The headers of a service with their secrets. Throws SECRET_MISSING, and SECRET_REFUSED for a value that
 * no header can carry, such as one of several lines; neither tells the value.
 */
export function resolveHeaders(
  { name, spec: { headers = {} } }: DesiredService,
  values: SecretValues,
): Readonly<Record<string, string>> {
  const resolved = Object.entries(headers).map(([header, value]) => {
    if (typeof value === 'string') return [header, value];
    const secret = values.get(value.secret);
    if (secret === undefined) {
      const message = `No value was given for the secret of header ${header} of ${name}.`;
      throw new AppError('SECRET_MISSING', message);
    }
    return [header, `${value.prefix ?? ''}${requireLegal(header, secret, value.secret)}`];
  });
  return Object.fromEntries(resolved);
}

function requireLegal(header: string, secret: string, reference: string): string {
  try {
    validateHeaderValue(header, secret);
    return secret;
  } catch {
    const message = `the value of ${reference} cannot be sent as the header ${header}: it has a line break or another sign that none may have`;
    throw new AppError('SECRET_REFUSED', message);
  }
}
