import type { Control } from '../control.ts';
import type { Origin } from '../model/service.ts';

/**
 * In whose name `power`, and nothing else, is written for who operates the manager: the platform's core has no word
 * for it, so that it is no wish of core's that is changed. A document of people is theirs alone. Throws SERVICE_UNKNOWN.
 */
export async function powerOwner(
  control: Pick<Control, 'declared'>,
  service: string,
): Promise<Exclude<Origin, 'file'>> {
  const { origin } = await control.declared(service);
  return origin === 'file' ? 'api' : origin;
}
