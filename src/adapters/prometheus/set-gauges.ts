import type { ServiceStatus } from '../../model/status.ts';
import type { Instruments } from './instruments.ts';

/** What is true of the moment in which somebody asks. */
export interface Scene {
  readonly services: readonly ServiceStatus[];
  readonly problems: number;
  /** Absent where no broker takes events. */
  readonly outbox?: { readonly events: number; readonly oldestMs: number };
}

/** Services that are gone are gone here too: there are as many series as services. */
export function setGauges(instruments: Instruments, { services, problems, outbox }: Scene): void {
  instruments.services.reset();
  instruments.verified.reset();
  for (const { name, state, conditions } of services) {
    instruments.services.inc({ state });
    const isVerified = conditions.some(
      ({ type, status }) => type === 'Verified' && status === 'True',
    );
    instruments.verified.set({ service: name }, isVerified ? 1 : 0);
  }
  instruments.problems.set(problems);
  instruments.outbox.set(outbox?.events ?? 0);
  instruments.outboxAge.set((outbox?.oldestMs ?? 0) / 1_000);
}
