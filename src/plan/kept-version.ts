import type { ServiceHistory } from '../model/history.ts';
import type { DesiredService } from '../model/service.ts';

/** The version that holds until the end of the service is approved, whatever becomes of its instances. */
export function keptVersion(history: ServiceHistory | undefined): DesiredService | undefined {
  return history?.removalApproved ? undefined : history?.accepted;
}

/** `keptVersion` of every service that has one, by name. */
export function keptVersions(
  histories: ReadonlyMap<string, ServiceHistory>,
): ReadonlyMap<string, DesiredService> {
  return new Map(
    [...histories].flatMap(([name, history]) => {
      const kept = keptVersion(history);
      return kept ? [[name, kept] as const] : [];
    }),
  );
}
