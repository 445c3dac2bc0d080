import type { CoreListing, CoreWish } from '../model/core.ts';
import type { CoreMessage } from './decode-message.ts';
import { type ListedInstance, type MalformedInstance, readInstanceList } from './instance-list.ts';
import { serviceNameOf } from './names.ts';
import { readJsonSpec } from './read-json-spec.ts';

/** A message as what it asks for; undefined where it asks for nothing that could be done or refused. */
export function toCoreWish(message: CoreMessage): CoreWish | undefined {
  switch (message.kind) {
    case 'created':
      return toCreation(message);
    case 'deleted':
      return { kind: 'deleted', instanceId: message.instanceId };
    case 'malformed': {
      const { instanceId, cause } = message;
      return instanceId === undefined ? undefined : toRefusal({ instanceId, cause });
    }
    case 'ignored':
      return undefined;
  }
}

/** Core's list in the same words (wire.md §4.4). What was asked for of one workspace is of it. Never throws. */
export function toCoreListing(bytes: Uint8Array, workspaceId?: string): CoreListing {
  const list = readInstanceList(bytes);
  if (!list.ok) return list;
  const created = list.instances.map((instance) =>
    toCreation({ ...(workspaceId !== undefined && { workspaceId }), ...instance }),
  );
  const wishes = [...created, ...list.malformed.map(toRefusal)];
  return { ok: true, wishes, complete: list.unreadable === 0 };
}

function toRefusal({ instanceId, cause }: MalformedInstance): CoreWish {
  return { kind: 'refused', instanceId, name: instanceId, cause: `Cannot be read: ${cause}` };
}

function toCreation(instance: ListedInstance): CoreWish {
  const { instanceId, name, jsonSpec, workspaceId, standing } = instance;
  const named = { name, instanceId, ...(workspaceId !== undefined && { workspaceId }) };
  const reading = readJsonSpec(jsonSpec, named);
  if (reading.kind === 'invalid') {
    // As the original has it (wire.md §4.2).
    const cause = `Validation failed: [${reading.errors.join(' ')}]`;
    return { kind: 'refused', instanceId, name, cause };
  }
  const fields = { ...reading.fields };
  const created = { kind: 'created', instanceId, name, service: serviceNameOf(named) } as const;
  return { ...created, fields, ...(standing && { standing }) };
}
