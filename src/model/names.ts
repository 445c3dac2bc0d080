import { createHash } from 'node:crypto';

/** A legal service name: DNS label characters, at most 50 of them. */
export const SERVICE_NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
export const LONGEST_SERVICE_NAME = 50;

/** Lower case, runs of other characters to one dash, no dash at the ends (wire.md §7). */
export function sanitise(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
}

/** The slug of a service made by API or core: the same again after any loss of state. */
export function platformSlug(name: string, identity: string): string {
  const suffix = createHash('sha256').update(identity).digest('hex').slice(0, 8);
  return `${sanitise(name)}-${suffix}`;
}

/** `mcp-<service>-<8 hex of the release>-<number>`. */
export function instanceName(service: string, release: string, number: number): string {
  return `mcp-${service}-${release.slice(3, 11)}-${number}`;
}
