import type { Gather } from './gather.ts';

export interface Sight {
  readonly gather: Gather;
  /** Whether each runtime answered when it was asked last; empty before the first look. */
  seen(): ReadonlyMap<string, boolean>;
}

/** The same gathering; which runtimes answered is remembered. */
export function watchSight(real: Gather): Sight {
  const answered = new Map<string, boolean>();
  return {
    seen: () => answered,
    async gather(look, busy, signal) {
      const input = await real(look, busy, signal);
      // What was broken off says nothing of the runtime.
      if (signal.aborted) return input;
      for (const [runtime, { ok }] of input.observations) answered.set(runtime, ok);
      return input;
    },
  };
}
