import type { FastifyRequest } from 'fastify';
import { serviceNameOf, slugOf } from '../../platform/names.ts';
import type { RequestReading } from '../../platform/request-reading.ts';
import { PlatformRefusal } from './refusal.ts';

type Valid = Extract<RequestReading, { readonly kind: 'valid' }>;

/** A body, and what its service is called in documents. */
export type Placed = Valid & { readonly service: string };

/**
 * What somebody of one workspace makes is of that workspace, and its name is taken there alone. Throws 403 where the
 * body names another.
 */
export function withWorkspace({ access }: FastifyRequest, reading: Valid): Placed {
  const workspaceId = access?.identity.workspace;
  const { named, fields } = reading;
  if (workspaceId === undefined) return { ...reading, service: serviceNameOf(named) };
  if (named.workspaceId !== undefined && named.workspaceId !== workspaceId) {
    throw new PlatformRefusal(403, 'forbidden', 'this takes a token for that workspace');
  }
  const { name, instanceId = `${workspaceId}/${named.name}` } = named;
  const identity = { name, instanceId };
  return {
    ...reading,
    fields: {
      ...fields,
      slug: slugOf(identity),
      platform: { ...fields.platform, workspaceId },
    },
    service: serviceNameOf(identity),
  };
}
