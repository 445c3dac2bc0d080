import type { Broker, Clock, EventBatch } from '../../ports.ts';
import type { Instruments } from './instruments.ts';

export interface MeterBrokerOptions {
  readonly instruments: Pick<Instruments, 'deliverySeconds'>;
  readonly clock: Clock;
}

/** The same broker; how late events reach it is counted. */
export function meterBroker(real: Broker, { instruments, clock }: MeterBrokerOptions): Broker {
  return {
    ...real,
    async publish(batch, signal) {
      const stored = await real.publish(batch, signal);
      const nowMs = clock();
      for (const timeMs of timesOfStored(batch, stored)) {
        // A clock that was set back makes nothing earlier than it happened.
        instruments.deliverySeconds.observe(Math.max(0, nowMs - timeMs) / 1_000);
      }
      return stored;
    },
  };
}

function timesOfStored({ events, after }: EventBatch, stored: number): readonly number[] {
  return events
    .filter(({ number }) => number > after && number <= stored)
    .map(({ event }) => Date.parse(event.time));
}
