import type { EventType } from '../model/event.ts';
import { platformEventId } from './event-id.ts';
import { instanceError, statusChanged, type StatusMessage } from './status-message.ts';
import type { StatusReport } from './status-word.ts';

/** Of which instance, when, and what tells this telling from every other: the id of the event behind it. */
export interface Telling {
  readonly instanceId: string;
  readonly name: string;
  readonly atMs: number;
  readonly seed: string;
  readonly containerId?: string;
  readonly url?: string;
}

/** The messages of one report, in the order in which they are sent: of a failure, its text goes first. */
export function tellCore(
  { word, error }: StatusReport,
  telling: Telling,
): readonly StatusMessage[] {
  const { instanceId, name, atMs, seed, containerId, url } = telling;
  const head = { instanceId, name, atMs };
  const change = statusChanged({
    ...head,
    eventId: platformEventId(atMs, `${seed} status`),
    status: word,
    ...(hasContainer(word) && containerId !== undefined && { containerId }),
    ...(word === 'running' && url !== undefined && { url }),
    ...(error !== undefined && { error }),
  });
  if (word !== 'failed' || error === undefined) return [change];
  const eventId = platformEventId(atMs, `${seed} error`);
  return [instanceError({ ...head, eventId, error }), change];
}

function hasContainer(word: StatusReport['word']): boolean {
  return word === 'running' || word === 'stopped';
}

const TELLING: ReadonlySet<string> = new Set([
  'service.created',
  'service.started',
  'service.verified',
  'service.routed',
  'service.updated',
  'service.stopped',
  'service.removed',
  'service.failed',
  'service.rolledback',
  'step.failed',
] satisfies EventType[]);

/**
 * Whether the report of the event's subject may be another one now. The event itself does not say it: in a
 * rollout an instance stops while its service runs on.
 */
export function mayChangeReport(type: string): boolean {
  return TELLING.has(type.replace(/^io\.mcpmanager\./, ''));
}
