import { isRecord, type UnknownRecord } from '../model/record.ts';

/** One instance as core knows it. */
export interface CoreInstance {
  readonly instanceId: string;
  /** Free text, and not unique. */
  readonly name: string;
  readonly serverSpecId?: string;
  /** As it came: may hold secrets in clear. */
  readonly jsonSpec: UnknownRecord;
  readonly workspaceId?: string;
}

export type InstanceReading =
  | { readonly ok: true; readonly instance: CoreInstance }
  /** `instanceId` where at least that could be read: its failure can be told to core. */
  | { readonly ok: false; readonly cause: string; readonly instanceId?: string };

/** Reads the data of a creation; in lists the id is called `id`. Causes never repeat a value. */
export function readCoreInstance(data: UnknownRecord): InstanceReading {
  const { id, instance_id: instanceId = id, name, json_spec: jsonSpec } = data;
  const { server_spec_id: serverSpecId, workspace_id: workspaceId } = data;
  if (!isShortText(instanceId)) return refuse(noText('instance_id'));
  if (!isShortText(name)) return refuse(noText('name'), instanceId);
  if (!isRecord(jsonSpec)) return refuse('its json_spec is no object', instanceId);
  if (!isTextOrNone(serverSpecId)) return refuse(noText('server_spec_id'), instanceId);
  if (!isTextOrNone(workspaceId)) return refuse(noText('workspace_id'), instanceId);
  const instance = {
    instanceId,
    name,
    ...(serverSpecId && { serverSpecId }),
    jsonSpec,
    ...(workspaceId && { workspaceId }),
  };
  return { ok: true, instance };
}

function refuse(cause: string, instanceId?: string): InstanceReading {
  return { ok: false, cause, ...(instanceId !== undefined && { instanceId }) };
}

/** What documents and labels take. */
const LONGEST_TEXT = 256;

export function noText(field: string): string {
  return `its ${field} is no text of 1 to ${LONGEST_TEXT} characters`;
}

export function isShortText(value: unknown): value is string {
  if (typeof value !== 'string' || value === '' || value.length > LONGEST_TEXT) return false;
  return value.isWellFormed() && !/\p{Cc}/u.test(value);
}

/** An empty one says as much as none. */
function isTextOrNone(value: unknown): value is string | null | undefined {
  return value === undefined || value === null || value === '' || isShortText(value);
}
