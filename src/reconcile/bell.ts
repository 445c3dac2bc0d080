/** Rings for one who waits, also when it rang just before. */
export interface Bell {
  ring(): void;
  /** Until it rings, or has rung since the last wait; until the time is over; until the abort. */
  wait(signal: AbortSignal, ms?: number): Promise<void>;
}

export function createBell(): Bell {
  let rung = Promise.withResolvers<void>();
  return {
    ring: () => rung.resolve(),
    async wait(signal, ms) {
      const ring = () => rung.resolve();
      const timer = ms === undefined ? undefined : setTimeout(ring, ms);
      signal.addEventListener('abort', ring, { once: true });
      if (signal.aborted) ring();
      await rung.promise;
      signal.removeEventListener('abort', ring);
      clearTimeout(timer);
      rung = Promise.withResolvers<void>();
    },
  };
}
