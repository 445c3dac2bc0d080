import { AppError } from '../errors.ts';
import type { DeclareRequest } from '../model/declaration.ts';
import type { Desired } from '../model/service.ts';
import { unwritten } from './written-service.ts';

/** Whether a service is kept as it last was, since what says it cannot be read. */
export function isHeld({ frozen }: Desired, service: string): boolean {
  return frozen.some(({ name }) => name === service);
}

/**
 * What to say of a service that no document that can be read names: it is gone (SERVICE_UNKNOWN), or it stays as it
 * is until its document can be read again (DOCUMENTS_UNREADABLE), which other workspaces are not told.
 */
export function unfound(
  { frozen, services }: Desired,
  { service, workspace }: Pick<DeclareRequest, 'service' | 'workspace'>,
): AppError {
  const held = frozen.find(({ name }) => name === service);
  const owner = services.find(({ name }) => name === service)?.platform?.workspaceId;
  if (!held || (workspace !== undefined && owner !== workspace)) return unwritten(service);
  const message = `the document of ${service} cannot be read, so it stays as it is: ${held.cause}`;
  return new AppError('DOCUMENTS_UNREADABLE', message, { hint: HINT });
}

const HINT = 'mend the file where the manager runs, or take it away there; then ask again';
