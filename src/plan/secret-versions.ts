import { secretReferences } from '../model/revision.ts';
import type { SecretState } from '../model/secret.ts';
import type { DesiredService } from '../model/service.ts';

type Versions = Readonly<Record<string, string>>;

/** The version of each secret that the service names, as far as they are known now. */
export function knownVersions(
  { spec }: DesiredService,
  { secrets }: { readonly secrets: ReadonlyMap<string, SecretState> },
): Versions {
  return Object.fromEntries(
    secretReferences(spec).flatMap((reference) => {
      const state = secrets.get(reference);
      return state?.kind === 'known' ? [[reference, state.version]] : [];
    }),
  );
}

/**
 * The references whose version is another one now, sorted. Versions are compared only where both are
 * known and made with the same key; unknown is no change.
 */
export function movedSecrets(before: Versions, now: Versions): readonly string[] {
  return Object.keys(before)
    .filter((reference) => {
      const [then, version] = [before[reference], now[reference]];
      if (then === undefined || version === undefined) return false;
      return isSameKey(then, version) && then !== version;
    })
    .toSorted();
}

function isSameKey(a: string, b: string): boolean {
  return a.split('-')[0] === b.split('-')[0];
}
