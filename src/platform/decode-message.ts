import { openBinaryEnvelope } from './binary-envelope.ts';
import { parseJsonBytes } from './bounded-json.ts';
import { type CoreInstance, isShortText, noText, readCoreInstance } from './core-instance.ts';
import { openEnvelope } from './open-envelope.ts';
import { isRecord, type UnknownRecord } from '../model/record.ts';

/** What one message of core says. `cause` and `why` never repeat a value of it. */
export type CoreMessage =
  | ({ readonly kind: 'created'; readonly eventId?: string } & CoreInstance)
  | { readonly kind: 'deleted'; readonly eventId?: string; readonly instanceId: string }
  | { readonly kind: 'ignored'; readonly why: string }
  /** `instanceId` where at least that could be read: its failure can be told to core. */
  | { readonly kind: 'malformed'; readonly cause: string; readonly instanceId?: string };

/** A json_spec has a few kilobytes. */
const LARGEST_MESSAGE_BYTES = 2 ** 20;

/** The channels on which core tells of its instances: by names of classes, later by subjects. */
export const CORE_CHANNELS = [
  'MCPServerInstanceCreated',
  'MCPServerInstanceDeleted',
  'agentarea.events.mcp.instance.created',
  'agentarea.events.mcp.instance.deleted',
] as const;

const KINDS: ReadonlyMap<string, 'created' | 'deleted'> = new Map([
  ['MCPServerInstanceCreated', 'created'],
  ['MCPServerInstanceDeleted', 'deleted'],
  ['agentarea.events.mcp.instance.created', 'created'],
  ['agentarea.events.mcp.instance.deleted', 'deleted'],
  ['com.agentarea.mcp.instance.created', 'created'],
  ['com.agentarea.mcp.instance.deleted', 'deleted'],
]);

/** Reads one message of core in any encoding of wire.md §4.1. Never throws; time and memory are bounded. */
export function decodeMessage(channel: string, payload: Uint8Array): CoreMessage {
  if (payload.length > LARGEST_MESSAGE_BYTES) return malformed('it is larger than 1 MiB');
  const body = openBinaryEnvelope(payload);
  if (!body.ok) return malformed(body.cause);
  const parsed = parseJsonBytes(body.bytes);
  if (!parsed.ok) return malformed(parsed.cause);
  const opened = openEnvelope(parsed.value);
  if (!opened.ok) return malformed(opened.cause);
  const { type = channel, eventId, data } = opened.event;
  const kind = KINDS.get(type);
  if (kind === undefined) return { kind: 'ignored', why: 'it tells of no creation or deletion' };
  if ((KINDS.get(channel) ?? kind) !== kind)
    return malformed('its type is not that of its channel');
  if (!isRecord(data)) return malformed('its data is no object');
  const read = kind === 'created' ? readCreated(data) : readDeleted(data);
  return read.kind === 'malformed' || !isShortText(eventId) ? read : { ...read, eventId };
}

type Read = Exclude<CoreMessage, { readonly kind: 'ignored' }>;

function readCreated(data: UnknownRecord): Read {
  const read = readCoreInstance(data);
  if (read.ok) return { kind: 'created', ...read.instance };
  const { cause, instanceId } = read;
  return { ...malformed(cause), ...(instanceId !== undefined && { instanceId }) };
}

function readDeleted({ instance_id: instanceId }: UnknownRecord): Read {
  const isId = isShortText(instanceId);
  return isId ? { kind: 'deleted', instanceId } : malformed(noText('instance_id'));
}

function malformed(cause: string): Read {
  return { kind: 'malformed', cause };
}
