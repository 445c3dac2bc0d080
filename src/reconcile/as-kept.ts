import type { SecretState } from '../model/secret.ts';
import type { Secrets } from '../ports.ts';
import { type Declaration, readKnown } from './written-service.ts';

/**
 * The states of secrets as they would be once these were kept: a plan for a write that is only tried out must not
 * wait for what that write would bring. Keeps nothing. Throws STATE_UNWRITABLE.
 */
export async function asKept(
  secrets: Secrets,
  sheltered: Declaration['secrets'],
): Promise<Pick<Secrets, 'versions'>> {
  const references = sheltered.map(({ reference }) => reference);
  const now = await secrets.versions(references, new AbortController().signal);
  const values = await readKnown(secrets, references);
  const kept = new Map<string, SecretState>();
  for (const { reference, value } of sheltered) {
    const state = values.get(reference) === value ? now.get(reference) : undefined;
    // Another one than any value has under a reference of its own.
    kept.set(reference, state ?? { kind: 'known', version: await secrets.fingerprint(value) });
  }
  return {
    async versions(asked, signal) {
      const others = asked.filter((reference) => !kept.has(reference));
      return new Map([...(await secrets.versions(others, signal)), ...kept]);
    },
  };
}
