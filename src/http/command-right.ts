import type { FastifyRequest } from 'fastify';
import type { Command, Control } from '../control.ts';
import { AppError } from '../errors.ts';
import { isRoleEnough } from '../model/access.ts';
import { refuse } from './admit.ts';

const HINT = 'GET /v1/whoami tells what the token may do';

/**
 * What a command takes beyond what its route asks for. Letting a service run on without us leads out of every limit,
 * and what others have declared is removed by them. Throws FORBIDDEN.
 */
export async function requireCommandRight(
  request: FastifyRequest,
  command: Command,
  control: Pick<Control, 'declared'>,
): Promise<void> {
  const { role = 'read', workspace } = request.access?.identity ?? {};
  const isAdmin = isRoleEnough(role, 'admin');
  const lack = (what: string) =>
    refuse(request, new AppError('FORBIDDEN', `this takes ${what}`, { hint: HINT }));
  if (command.kind === 'forget') {
    if (!isAdmin) throw lack('the role admin');
    if (workspace !== undefined) throw lack('a token for all workspaces');
  }
  if (command.kind !== 'remove' || isAdmin) return;
  if (!(await isOfApi(control, command.service))) throw lack('the role admin');
}

/** What no document names any more may have been of others. */
async function isOfApi(control: Pick<Control, 'declared'>, service: string): Promise<boolean> {
  try {
    return (await control.declared(service)).origin === 'api';
  } catch (error) {
    if (error instanceof AppError && error.code === 'SERVICE_UNKNOWN') return false;
    throw error;
  }
}
