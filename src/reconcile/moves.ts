import type { ServicePlan } from '../model/plan.ts';
import { type ApplyPorts, applyMotion, type Motion } from './apply.ts';
import type { Errand } from './errand.ts';
import type { Wake } from './loop.ts';

export interface MovesOptions extends ApplyPorts {
  readonly errand: () => Errand;
  readonly wake: (wake: Wake) => void;
  /** Keeps the last output of a service's instance. Never rejects. */
  readonly tellFailure: (service: ServicePlan, signal: AbortSignal) => Promise<void>;
}

/** Who is in motion. Services never wait for one another. */
export interface Moves {
  begin(planned: readonly ServicePlan[], motions: readonly Motion[], signal: AbortSignal): void;
  names(): ReadonlySet<string>;
  isMoving(service: string): boolean;
  /** Resolves when no service is in motion. */
  rest(): Promise<void>;
}

export function createMoves(options: MovesOptions): Moves {
  const { log, wake, tellFailure } = options;
  const moving = new Map<string, Promise<void>>();

  /** `told`: what an instance wrote last is read before it goes. */
  async function move(
    motion: Motion,
    told: Promise<void> | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const { service } = motion.facts;
    try {
      await told;
      const done = await applyMotion(motion, options, signal);
      options.errand().done(service, done);
      wake(wakeAfter(motion));
    } catch (error) {
      // The store cannot be written: no wake, so that the next try waits for the resync.
      log.error({ service, error }, 'A step could not be recorded; nothing more is done for now.');
    } finally {
      moving.delete(service);
    }
  }

  return {
    begin(planned, motions, signal) {
      const givenUp = planned.flatMap((service) => toFailed(service) ?? []);
      const told = new Map(givenUp.map((service) => [service.name, tellFailure(service, signal)]));
      for (const motion of motions) {
        const { service } = motion.facts;
        moving.set(service, move(motion, told.get(service), signal));
      }
    },
    names: () => new Set(moving.keys()),
    isMoving: (service) => moving.has(service),
    rest: async () => {
      await Promise.all(moving.values());
    },
  };
}

/** A service as the instance shows it whose release is given up. */
function toFailed(service: ServicePlan): ServicePlan | undefined {
  const { verdict, status } = service;
  if (verdict?.kind !== 'condemned') return undefined;
  const { instance, release } = verdict;
  return { ...service, instance, status: { ...status, cause: release.cause } };
}

/** Only a deep look sees that what was left over is gone. */
function wakeAfter({ facts, steps }: Motion): Wake {
  return { names: [facts.service], deep: steps.some(({ kind }) => kind === 'prune') };
}
