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

/** The name as a path takes it; undefined where nothing of it is legal, or it is too long. */
export function plainNameOf(name: string): string | undefined {
  const plain = sanitise(name);
  return SERVICE_NAME.test(plain) && plain.length <= LONGEST_SERVICE_NAME ? plain : undefined;
}

/** `mcp-<service>-<8 hex of the release>-<number>`. */
export function instanceName(service: string, release: string, number: number): string {
  return `mcp-${service}-${releaseMark(release)}-${number}`;
}

/** The 8 hex digits by which instance names tell one release from another. */
export function releaseMark(release: string): string {
  return release.slice(3, 11);
}

/** `releaseMark` of the release that an instance of the service stands for by its name; undefined for other names. */
export function releaseMarkIn(name: string, service: string): string | undefined {
  const prefix = `mcp-${service}-`;
  if (!name.startsWith(prefix)) return undefined;
  return /^(?<mark>[0-9a-f]{8})-\d+$/.exec(name.slice(prefix.length))?.groups?.['mark'];
}

/** What an instance is called once it is let go: its name is free again, and it says whose it was. */
export function forgottenName(name: string, id: string): string {
  return `${name}${FORGOTTEN}${id.slice(0, 12)}`;
}

const FORGOTTEN = '-forgotten-';

/** Whether an object of this name was let go by us when it was called `before`. */
export function isForgotten(name: string, before: string): boolean {
  return name.startsWith(`${before}${FORGOTTEN}`);
}
