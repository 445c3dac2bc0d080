import type { LoopWatcher } from '../../metrics-ports.ts';
import type { ServicePlan, Wait } from '../../model/plan.ts';
import type { Instruments } from './instruments.ts';

interface Standing {
  readonly until: Wait['until'];
  readonly sinceMs: number;
}

/** Counts passes, and how long services stand at the gates of their plans. Remembers one gate a service. */
export function createLoopWatcher(
  instruments: Instruments,
  steadyMs: () => number = () => performance.now(),
): LoopWatcher {
  const standing = new Map<string, Standing>();

  function leave(service: string): void {
    const gate = standing.get(service);
    if (!gate) return;
    standing.delete(service);
    instruments.waiting.dec({ until: gate.until });
    instruments.waitSeconds.observe({ until: gate.until }, (steadyMs() - gate.sinceMs) / 1_000);
  }

  function arrive(service: string, until: Wait['until']): void {
    if (standing.get(service)?.until === until) return;
    leave(service);
    standing.set(service, { until, sinceMs: steadyMs() });
    instruments.waiting.inc({ until });
  }

  return {
    passEnded({ scope, deep, outcome, tookMs, queuedMs }) {
      const depth = deep ? 'deep' : 'fast';
      instruments.passes.inc({ scope, depth, outcome });
      instruments.passSeconds.observe({ scope, depth }, tookMs / 1_000);
      if (queuedMs !== undefined) instruments.queueSeconds.observe(queuedMs / 1_000);
    },
    planned(services, scope) {
      const gates = new Map(services.map((service) => [service.name, gateOf(service)]));
      const looked = scope === 'all' ? [...standing.keys()] : scope;
      for (const name of looked) if (gates.get(name) === undefined) leave(name);
      for (const [name, until] of gates) if (until !== undefined) arrive(name, until);
    },
  };
}

/** Only who has nothing to do before a gate stands at it. */
function gateOf({ road: [first] }: ServicePlan): Wait['until'] | undefined {
  return first?.kind === 'wait' ? first.until : undefined;
}
