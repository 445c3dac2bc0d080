import type { PlatformIdentity } from '../model/service.ts';

/** What can be meant by a `{service}` or `{id}` in a path. */
export interface Addressable {
  /** The name in documents. */
  readonly name: string;
  readonly slug?: string;
  readonly platform?: PlatformIdentity;
  readonly containerIds?: readonly string[];
}

export type Resolved<Service> =
  | { readonly kind: 'found'; readonly service: Service }
  | { readonly kind: 'none' }
  /** Several workspaces use one name: their instance ids, sorted. */
  | { readonly kind: 'several'; readonly instanceIds: readonly string[] };

/**
 * `{service}` of `/containers/…`: by the platform's name, the name in documents or the slug. None of them
 * goes first: the platform's is free text, and would take another's.
 */
export function resolveService<Service extends Addressable>(
  services: readonly Service[],
  text: string,
): Resolved<Service> {
  return firstMatch(services, [(service) => isCalled(service, text)]);
}

/** `{id}` of `/instances/…`: a container, an instance or its name, else a service as above. */
export function resolveInstance<Service extends Addressable>(
  services: readonly Service[],
  id: string,
): Resolved<Service> {
  const found = firstMatch(services, [
    ({ containerIds = [] }) => containerIds.includes(id),
    ({ name, slug, platform }) => [platform?.instanceId, name, slug].includes(id),
  ]);
  return found.kind === 'none' ? resolveService(services, id) : found;
}

function isCalled(service: Addressable, text: string): boolean {
  return [serviceNameIn(service), service.name, service.slug].includes(text);
}

/** As the platform knows a service: the name that core gave it, or that in documents. */
export function serviceNameIn({ name, platform }: Addressable): string {
  return platform?.serviceName ?? name;
}

function firstMatch<Service extends Addressable>(
  services: readonly Service[],
  tests: readonly ((service: Service) => boolean)[],
): Resolved<Service> {
  for (const test of tests) {
    const [first, ...others] = services.filter(test);
    if (first && others.length === 0) return { kind: 'found', service: first };
    if (first) return { kind: 'several', instanceIds: idsOf([first, ...others]) };
  }
  return { kind: 'none' };
}

function idsOf(services: readonly Addressable[]): readonly string[] {
  return services.map(({ name, platform }) => platform?.instanceId ?? name).toSorted();
}
