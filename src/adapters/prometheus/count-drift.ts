import type { NewEvent } from '../../model/event.ts';
import type { Instruments } from './instruments.ts';

interface Found {
  readonly signal: string;
  readonly foundMs: number;
}

export interface DriftCounter {
  count(event: NewEvent): void;
  /** The service is gone, and with it whatever differed. */
  forget(service: string): void;
}

/** Counts differences, and the time from finding one to seeing it healed. Remembers those that stand. */
export function createDriftCounter(instruments: Instruments): DriftCounter {
  const { drift, driftOpen, healSeconds } = instruments;
  const open = new Map<string, Map<string, Found>>();

  function detect(service: string, { timeMs, data }: NewEvent): void {
    const signal = String(data['signal']);
    drift.inc({ signal });
    const own = open.get(service) ?? new Map<string, Found>();
    open.set(service, own);
    if (own.has(keyOf(data))) return;
    own.set(keyOf(data), { signal, foundMs: timeMs });
    driftOpen.inc({ signal });
  }

  function heal(service: string, { timeMs, data }: NewEvent): void {
    const own = open.get(service);
    const found = own?.get(keyOf(data));
    if (!own || !found) return;
    own.delete(keyOf(data));
    if (own.size === 0) open.delete(service);
    driftOpen.dec({ signal: found.signal });
    healSeconds.observe({ signal: found.signal }, Math.max(0, timeMs - found.foundMs) / 1_000);
  }

  return {
    count(event) {
      const { type, subject = '' } = event;
      if (type === 'drift.detected') detect(subject, event);
      else if (type === 'drift.healed') heal(subject, event);
    },
    forget(service) {
      for (const { signal } of open.get(service)?.values() ?? []) driftOpen.dec({ signal });
      open.delete(service);
    },
  };
}

function keyOf(data: NewEvent['data']): string {
  return JSON.stringify([data['signal'], data['instance'], data['path']]);
}
