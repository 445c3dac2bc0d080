import type { StatusMessage } from './status-message.ts';
import { formatSeconds } from './time-texts.ts';

/** For XADD: CloudEvents in binary mode, as later versions of core read them (wire.md §4.3). */
export interface StreamEntry {
  readonly stream: string;
  readonly fields: Readonly<Record<string, string>>;
}

const SOURCE = 'agentarea-mcp-manager';
const PREFIX = 'agentarea.mcp.v1.';

export function toStreamEntry(message: StatusMessage): StreamEntry {
  const { eventId, atMs, instanceId, data } = message;
  const type = `${PREFIX}${message.type}`;
  return {
    stream: `events:${type}`,
    fields: {
      ce_id: eventId,
      ce_type: type,
      ce_source: SOURCE,
      ce_time: formatSeconds(atMs),
      ce_specversion: '1.0',
      ce_datacontenttype: 'application/json',
      ce_subject: instanceId,
      data: JSON.stringify(data),
    },
  };
}
