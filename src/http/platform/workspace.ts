import type { FastifyRequest } from 'fastify';
import type { RequestReading } from '../../platform/request-reading.ts';
import { PlatformRefusal } from './refusal.ts';

type Valid = Extract<RequestReading, { readonly kind: 'valid' }>;

/** What somebody of one workspace makes is of that workspace. Throws 403 where the body names another. */
export function withWorkspace({ access }: FastifyRequest, reading: Valid): Valid {
  const workspaceId = access?.identity.workspace;
  if (workspaceId === undefined) return reading;
  const { named, fields } = reading;
  if (named.workspaceId !== undefined && named.workspaceId !== workspaceId) {
    throw new PlatformRefusal(403, 'forbidden', `this takes a token for that workspace`);
  }
  return {
    ...reading,
    named: { ...named, workspaceId },
    fields: { ...fields, platform: { ...fields.platform, workspaceId } },
  };
}
