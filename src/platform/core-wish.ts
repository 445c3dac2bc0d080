import type { CoreListing, CoreWish } from '../model/core.ts';
import type { CoreMessage } from './decode-message.ts';
import { type ListedInstance, readInstanceList } from './instance-list.ts';
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
      if (instanceId === undefined) return undefined;
      return { kind: 'refused', instanceId, name: instanceId, cause: `Cannot be read: ${cause}` };
    }
    case 'ignored':
      return undefined;
  }
}

/** Core's list in the same words (wire.md §4.4). Never throws. */
export function toCoreListing(bytes: Uint8Array): CoreListing {
  const list = readInstanceList(bytes);
  if (!list.ok) return list;
  return { ok: true, wishes: list.instances.map(toCreation), complete: list.unreadable === 0 };
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
