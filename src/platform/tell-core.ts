import type { CoreReport, CoreTelling } from '../model/core.ts';
import { platformEventId } from './event-id.ts';
import { instanceError, statusChanged, type StatusMessage } from './status-message.ts';

/** What a report is about. */
export type Telling = Omit<CoreTelling, 'report'>;

/** The messages of one report, in the order in which they are sent: of a failure, its text goes first. */
export function tellCore({ word, error }: CoreReport, telling: Telling): readonly StatusMessage[] {
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

function hasContainer(word: CoreReport['word']): boolean {
  return word === 'running' || word === 'stopped';
}
