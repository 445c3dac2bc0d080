import { LONGEST_SERVICE_NAME, platformSlug, sanitise, SERVICE_NAME } from '../model/names.ts';

/** A service as the platform names it: free text, and the id where it gave one. */
export interface PlatformName {
  readonly name: string;
  readonly instanceId?: string;
}

const SUFFIX_LENGTH = '-12345678'.length;

/** The same again after any loss of state: the name, as far as a path takes it, and a mark of the identity. */
export function slugOf({ name, instanceId }: PlatformName): string {
  const head = sanitise(name).slice(0, LONGEST_SERVICE_NAME - SUFFIX_LENGTH);
  return platformSlug(head || 'container', instanceId ?? name);
}

/**
 * The name of the service in documents: its slug, as names with an id are not unique; a name without an id is
 * its own identity, and stays as it is where it is a legal one.
 */
export function serviceNameOf(named: PlatformName): string {
  const { name, instanceId } = named;
  const isLegal = SERVICE_NAME.test(name) && name.length <= LONGEST_SERVICE_NAME;
  return instanceId === undefined && isLegal ? name : slugOf(named);
}

/** How the platform calls the container of a service (wire.md §7). */
export function containerName(name: string, prefix = 'mcp-'): string {
  return `${prefix}${sanitise(name) || 'container-'}`;
}
