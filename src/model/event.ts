/** Types of the CloudEvents that tell what happened; each is `io.mcpmanager.` + this. */
export type EventType =
  | 'plan.created'
  | 'step.started'
  | 'step.completed'
  | 'step.failed'
  | 'service.created'
  | 'service.started'
  | 'service.verified'
  | 'service.routed'
  | 'service.updated'
  | 'service.stopped'
  | 'service.removed'
  | 'service.failed'
  | 'service.rolledback'
  | 'drift.detected'
  | 'drift.healed'
  | 'tools.changed'
  | 'secret.rotated'
  | 'problem.found'
  | 'problem.cleared'
  | 'document.edited'
  | 'api.written'
  | 'api.refused'
  | 'core.refused'
  /** Stands, where events are read, for those that are no longer kept; never stored, and not on the Redis stream. */
  | 'events.trimmed';

/** What happened, before the store gives it its number. `data` never holds a secret value. */
export interface NewEvent {
  readonly type: EventType;
  readonly timeMs: number;
  /** Service name; absent for what concerns the fleet. */
  readonly subject?: string;
  /** That the service was of when it happened; absent: of none. */
  readonly workspace?: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly planId?: string;
  readonly revision?: string;
  readonly origin?: string;
  readonly commit?: string;
}

/** CloudEvents 1.0 in JSON (cloudevents.io, spec v1.0.2 §2 and JSON format §2): one object everywhere. */
export interface CloudEvent {
  readonly specversion: '1.0';
  /** `<producer>/<number>`. */
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject?: string;
  /** RFC 3339. */
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly data: Readonly<Record<string, unknown>>;
  /** Counts the events of one subject within one producer, from 1; 0: it is counted nowhere. */
  readonly sequence: string;
  /** That the service was of when it happened; absent: of none, or told by a version that did not record it. */
  readonly workspace?: string;
  readonly planid?: string;
  readonly revision?: string;
  readonly origin?: string;
  readonly commit?: string;
}

/** What only the store knows of an event. */
export interface EventPosition {
  readonly producer: string;
  readonly number: number;
  readonly sequence: number;
  readonly source: string;
}

export function toCloudEvent(event: NewEvent, position: EventPosition): CloudEvent {
  const { type, timeMs, subject, workspace, data, planId, revision, origin, commit } = event;
  return {
    specversion: '1.0',
    id: `${position.producer}/${position.number}`,
    source: position.source,
    type: `io.mcpmanager.${type}`,
    ...(subject !== undefined && { subject }),
    time: new Date(timeMs).toISOString(),
    datacontenttype: 'application/json',
    data,
    sequence: String(position.sequence),
    ...(workspace !== undefined && { workspace }),
    ...(planId !== undefined && { planid: planId }),
    ...(revision !== undefined && { revision }),
    ...(origin !== undefined && { origin }),
    ...(commit !== undefined && { commit }),
  };
}

/** Whether it tells of events that are no longer kept: to whoever reads, whatever else is asked for. */
export function tellsOfTrimmed({ type }: CloudEvent): boolean {
  return type === 'io.mcpmanager.events.trimmed';
}
