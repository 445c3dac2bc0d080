import type { ServiceHistory } from '../model/history.ts';
import type { DesiredService } from '../model/service.ts';

/** The version that holds until the end of the service is approved, whatever becomes of its instances. */
export function keptVersion(history: ServiceHistory | undefined): DesiredService | undefined {
  return history?.removalApproved ? undefined : history?.accepted;
}

/** `keptVersion` of every service that has one, by name; of all, or of these. */
export function keptVersions(
  histories: ReadonlyMap<string, ServiceHistory>,
  scope: 'all' | ReadonlySet<string> = 'all',
): ReadonlyMap<string, DesiredService> {
  const kept = new Map<string, DesiredService>();
  for (const name of scope === 'all' ? histories.keys() : scope) {
    const version = keptVersion(histories.get(name));
    if (version) kept.set(name, version);
  }
  return kept;
}
