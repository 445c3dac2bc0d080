import type { EventType, NewEvent } from '../model/event.ts';
import type { Step } from '../model/plan.ts';
import type { ServiceStatus } from '../model/status.ts';
import { formatEffect } from '../plan/format-road.ts';

/** What every event of one motion has in common. */
export interface MotionFacts {
  readonly service: string;
  readonly workspace?: string;
  readonly planId: string;
  readonly revision?: string;
  readonly origin?: string;
  readonly commit?: string;
}

/** Of a service as it was looked at: also when it is gone, or of another workspace, by the time that it is told. */
export function factsOf({
  name,
  origin,
  workspace,
}: ServiceStatus): Pick<MotionFacts, 'service' | 'workspace'> & Pick<ServiceStatus, 'origin'> {
  return { service: name, ...(workspace !== undefined && { workspace }), origin };
}

export function stepStarted(step: Step, facts: MotionFacts, timeMs: number): NewEvent {
  return eventOf('step.started', facts, timeMs, stepData(step));
}

/** The step's own event, and the milestone of the service that it reaches, if it reaches one. */
export function stepDone(step: Step, facts: MotionFacts, timeMs: number): readonly NewEvent[] {
  const data = stepData(step);
  const milestone = milestoneOf(step);
  const done = eventOf('step.completed', facts, timeMs, data);
  return milestone ? [done, eventOf(milestone, facts, timeMs, data)] : [done];
}

export function stepFailed(
  step: Step,
  facts: MotionFacts,
  { timeMs, code, message }: { timeMs: number; code: string; message: string },
): NewEvent {
  return eventOf('step.failed', facts, timeMs, { ...stepData(step), code, message });
}

export function eventOf(
  type: EventType,
  { service, ...facts }: Partial<MotionFacts>,
  timeMs: number,
  data: Readonly<Record<string, unknown>>,
): NewEvent {
  return { type, timeMs, ...(service !== undefined && { subject: service }), data, ...facts };
}

function milestoneOf(step: Step): EventType | undefined {
  switch (step.kind) {
    case 'create':
      return 'service.created';
    case 'start':
      return 'service.started';
    case 'stop':
      return 'service.stopped';
    case 'remove':
      return 'service.removed';
    case 'route':
      return 'service.routed';
    case 'pull':
    case 'unroute':
    case 'update':
    case 'forget':
    case 'adopt':
    case 'prune':
      return undefined;
  }
}

function stepData(step: Step): Readonly<Record<string, unknown>> {
  const { kind, reason, cause } = step;
  return { step: kind, target: targetOf(step), reason, cause, effect: formatEffect(step) };
}

/** The name of what a step addresses: an instance, an image, or a slug. */
export function targetOf(step: Step): string {
  switch (step.kind) {
    case 'route':
      return step.route.slug;
    case 'pull':
      return step.image;
    case 'unroute':
      return step.slug;
    case 'create':
    case 'start':
    case 'stop':
    case 'remove':
    case 'update':
    case 'forget':
    case 'adopt':
    case 'prune':
      return step.target.name;
  }
}
