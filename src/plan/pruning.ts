import type { LeftAlone, Step } from '../model/plan.ts';
import type { Decision } from './decision.ts';
import { keptVersion } from './kept-version.ts';
import type { LocatedOrphan } from './locate.ts';
import type { ServiceView } from './view.ts';

/** Takes along the networks that nothing of the service uses; volumes only where that was asked by name. */
export function withPruning(decision: Decision, view: ServiceView): Decision {
  const steps = pruneSteps(decision, view);
  const [first] = steps;
  if (first === undefined) return decision;
  const road = [...decision.road, ...steps];
  if (decision.change !== 'no-op') return { ...decision, road };
  const { reason, cause } = first;
  return { ...decision, change: 'update', reason, cause: `left over: ${cause}`, road };
}

function pruneSteps({ road, reason }: Decision, view: ServiceView): readonly Step[] {
  // What is about to be made may use it again.
  if (road.some(({ kind }) => kind === 'create' || kind === 'start')) return [];
  const goesByName = reason === 'remove_by_request' && isGone(view);
  const volumesToo = goesByName && removesVolumes(view);
  return view.orphans
    .filter(({ kind }) => kind === 'network' || volumesToo)
    .map(({ kind: object, id, name, runtime }) => ({
      kind: 'prune',
      object,
      runtime,
      target: { id, name },
      reason: object === 'network' ? 'remove_leftover' : 'remove_by_request',
      cause: `no container uses this ${object}`,
    }));
}

function removesVolumes({ requests }: ServiceView): boolean {
  return requests.some((request) => request.kind === 'remove' && request.volumes);
}

/** Whether nothing but leftovers may be there of the service: no document names it, and nothing goes on. */
export function isGone({ desired, frozenCause, history, instances }: ServiceView): boolean {
  const named = desired !== undefined || frozenCause !== undefined;
  return !named && instances.length === 0 && keptVersion(history) === undefined;
}

/** The volumes of services that are gone: their data is nobody's but a person's to remove. */
export function volumeNotes(
  orphans: readonly LocatedOrphan[],
  isThere: (service: string) => boolean,
): readonly LeftAlone[] {
  return orphans
    .filter(({ kind, service }) => kind === 'volume' && !isThere(service))
    .map(({ service, runtime, name }) => ({
      kind: 'volume',
      service,
      runtime,
      name,
      cause: `it holds data of ${service}, which no document names`,
      allow: `\`mcp-manager remove ${service} --volumes\` removes it with its data`,
    }));
}
