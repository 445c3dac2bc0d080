import { digestOf } from './canonical.ts';
import type { DesiredService, ServiceSpec } from './service.ts';

/** What makes a release beside its revision: all of it can change while the spec stays. */
export interface ReleaseParts {
  readonly revision: string;
  readonly imageId?: string;
  /** Version of each secret reference; values never come here. */
  readonly secretVersions: Readonly<Record<string, string>>;
  readonly bridge?: string;
}

/** One resolved version of a service: `v1-<24 hex>`, a legal label value. */
export function revisionOf(spec: ServiceSpec): string {
  return `v1-${digestOf(spec)}`;
}

/** What really runs: `r1-<24 hex>` of revision, image, secret versions and bridge. */
export function releaseOf(parts: ReleaseParts): string {
  return `r1-${digestOf(parts)}`;
}

/** Everything a person decided about a service; where it is written, and whose names are free, does not count. */
export function desiredDigest(service: DesiredService): string {
  const { place: _place, directory: _directory, plainName: _plainName, ...decided } = service;
  return `d1-${digestOf(decided)}`;
}

/** Every secret reference that the spec's environment and headers name, sorted, once each. */
export function secretReferences({ env, headers = {} }: ServiceSpec): readonly string[] {
  const references = [...Object.values(env), ...Object.values(headers)].flatMap((value) =>
    typeof value === 'string' ? [] : [value.secret],
  );
  return [...new Set(references)].toSorted();
}
