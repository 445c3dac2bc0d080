import type { NewEvent } from './event.ts';

/** One request that wrote, or that was refused: who asked what, and what came of it. Never what it held. */
export interface AuditEntry {
  readonly result: 'done' | 'failed' | 'refused';
  /** `formatIdentity`, or `nobody` who is known. */
  readonly who: string;
  /** Address of the client; absent on the local socket. */
  readonly from?: string;
  /** The router on this machine that says so. */
  readonly by?: string;
  readonly method: string;
  /** The pattern of the route; of what is no route, the path. */
  readonly route: string;
  readonly service?: string;
  /** Of that service, where who answered knew it. */
  readonly workspace?: string;
  readonly template?: string;
  readonly planId?: string;
  /** Of HTTP. */
  readonly status: number;
  /** So many refusals before this one were told to nobody: there were too many. */
  readonly untold?: number;
}

/** The event by which an entry is kept and told. */
export function toAuditEvent(entry: AuditEntry, timeMs: number): NewEvent {
  const { service, workspace, planId, ...data } = entry;
  return {
    type: entry.result === 'refused' ? 'api.refused' : 'api.written',
    timeMs,
    ...(service !== undefined && { subject: service }),
    ...(workspace !== undefined && { workspace }),
    ...(planId !== undefined && { planId }),
    data,
  };
}
