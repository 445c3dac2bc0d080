import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { decodeMessage } from '../../src/platform/decode-message.ts';
import { platformEventId } from '../../src/platform/event-id.ts';
import {
  instanceError,
  statusChanged,
  type StatusChange,
  toPublication,
} from '../../src/platform/status-message.ts';
import { toStreamEntry } from '../../src/platform/stream-entry.ts';

const ID = '3f6a2d3e-0d0e-4a51-8d0f-9a7b6c5d4e3f';
const CHANGE: StatusChange = {
  eventId: 'evt_20251013_101500_aaaaaaaa',
  atMs: Date.UTC(2025, 9, 13, 10, 15, 0, 123),
  instanceId: ID,
  name: 'My Echo',
  status: 'running',
  containerId: 'e9a5bfbf55c2',
  url: 'http://localhost:7999/mcp/my-echo-1a2b3c4d',
};

test('a change is written as in the vector, member by member, to the millisecond', () => {
  const { channel, payload_utf8: payload = '' } = vectorOf('MCPServerInstanceStatusChanged');

  expect(toPublication(statusChanged(CHANGE))).toEqual({
    channel,
    payload: payload.replace('.123456789Z', '.123Z'),
  });
});

test('an error is written as the platform reads it', () => {
  const { eventId, atMs, instanceId, name } = CHANGE;
  const error = 'Failed to create container: "x"';

  expect(toPublication(instanceError({ eventId, atMs, instanceId, name, error }))).toEqual({
    channel: 'MCPServerInstanceError',
    payload:
      `{"data":{"event_id":"${eventId}","timestamp":"2025-10-13T10:15:00Z","event_type":"MCPServerInstanceError",` +
      `"data":{"instance_id":"${ID}","name":"My Echo","error":"Failed to create container: \\"x\\"",` +
      '"timestamp":"2025-10-13T10:15:00.123Z"}},"headers":{}}',
  });
});

test('what is not known is left out, and so is what is empty', () => {
  const { containerId: _containerId, url: _url, ...known } = CHANGE;
  const members = ['instance_id', 'name', 'status', 'timestamp'];

  expect(Object.keys(statusChanged(known).data)).toEqual(members);
  expect(Object.keys(statusChanged({ ...CHANGE, containerId: '', url: '' }).data)).toEqual(members);
  expect(Object.keys(statusChanged({ ...CHANGE, error: 'no' }).data)).toEqual([
    'instance_id',
    'name',
    'status',
    'container_id',
    'url',
    'error',
    'timestamp',
  ]);
});

test('what we publish is ignored where it is heard', () => {
  const { channel, payload } = toPublication(statusChanged(CHANGE));

  expect(decodeMessage(channel, Buffer.from(payload))).toMatchObject({ kind: 'ignored' });
});

test('a later core reads the same from a stream', () => {
  const { stream, fields } = toStreamEntry(statusChanged(CHANGE));

  expect(stream).toBe('events:agentarea.mcp.v1.MCPServerInstanceStatusChanged');
  expect(fields).toEqual({
    ce_id: CHANGE.eventId,
    ce_type: 'agentarea.mcp.v1.MCPServerInstanceStatusChanged',
    ce_source: 'agentarea-mcp-manager',
    ce_time: '2025-10-13T10:15:00Z',
    ce_specversion: '1.0',
    ce_datacontenttype: 'application/json',
    ce_subject: ID,
    data: JSON.stringify(statusChanged(CHANGE).data),
  });
});

test('an error has a stream of its own', () => {
  const { eventId, atMs, instanceId, name } = CHANGE;
  const { stream, fields } = toStreamEntry(
    instanceError({ eventId, atMs, instanceId, name, error: 'no' }),
  );

  expect(stream).toBe('events:agentarea.mcp.v1.MCPServerInstanceError');
  expect(JSON.parse(fields['data'] ?? '')).toMatchObject({ instance_id: ID, error: 'no' });
});

test('an event id has its time in it, and is the same when the message is sent again', () => {
  const atMs = Date.UTC(2025, 0, 2, 3, 4, 5, 999);
  const id = platformEventId(atMs, 'producer/1');

  expect(id).toMatch(/^evt_20250102_030405_[a-z0-9]{8}$/);
  expect(platformEventId(atMs, 'producer/1')).toBe(id);
  expect(platformEventId(atMs, 'producer/2')).not.toBe(id);
});

interface Vector {
  readonly channel: string;
  readonly payload_utf8?: string;
}

function vectorOf(channel: string): Vector {
  const text = readFileSync('test/fixtures/platform/wire-vectors.json', 'utf8');
  const { vectors }: { readonly vectors: readonly Vector[] } = JSON.parse(text);
  const found = vectors.find((vector) => vector.channel === channel);
  if (!found) throw new Error(`no vector on ${channel}`);
  return found;
}
