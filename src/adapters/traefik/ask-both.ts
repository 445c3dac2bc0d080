import type { Ask } from './ask.ts';

/**
 * Believes the API only together with the entry point: Traefik gives a new configuration to one entry
 * point after the other, and the API's may be the first. An entry point that cannot be reached from
 * here has no say; faults are told as the API tells them.
 */
export function askBoth(api: Ask, through: Ask): Ask {
  let seen: string | undefined;
  return async (wanted, signal) => {
    const told = await api(wanted, signal);
    if (told.kind === 'silent' || told.generation !== wanted.generation) {
      seen = undefined;
      return told;
    }
    if (seen === wanted.generation || told.faults.size > 0) return told;
    const met = await through(wanted, signal);
    if (met.kind === 'answers' && met.generation !== wanted.generation) {
      return { ...told, generation: met.generation };
    }
    seen = wanted.generation;
    return told;
  };
}
