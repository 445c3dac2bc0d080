import { AppError } from '../errors.ts';
import type { DeclareRequest } from '../model/declaration.ts';
import type { Desired, DesiredService } from '../model/service.ts';
import { countServices, type ServiceLimit } from '../model/service-limit.ts';

/**
 * Before a program declares a new service. Throws LIMIT_REACHED in the platform's words: nothing is written that
 * would only wait for a place.
 */
export function requirePlace(
  limit: ServiceLimit,
  { services }: Desired,
  { change }: DeclareRequest,
): void {
  if (change.kind === 'delete') return;
  const { running, most } = countServices(limit, services);
  if (running >= most) throw tooMany(most);
  const workspace = workspaceIn(change.fields['platform']);
  const { mostPerWorkspace = Infinity } = limit;
  if (workspace === undefined || !isFinite(mostPerWorkspace)) return;
  const own = services.filter((service) => isOf(service, workspace));
  if (own.length >= mostPerWorkspace) throw tooMany(mostPerWorkspace, workspace);
}

function tooMany(most: number, workspace?: string): AppError {
  const where = workspace === undefined ? '' : ` in workspace ${workspace}`;
  return new AppError('LIMIT_REACHED', `maximum container limit reached (${most})${where}`, {
    hint: 'delete another one, or ask the operator to raise the limit',
  });
}

function isOf({ origin, platform }: DesiredService, workspace: string): boolean {
  return origin !== 'file' && platform?.workspaceId === workspace;
}

function workspaceIn(platform: unknown): string | undefined {
  if (typeof platform !== 'object' || platform === null || !('workspaceId' in platform)) {
    return undefined;
  }
  return typeof platform.workspaceId === 'string' ? platform.workspaceId : undefined;
}
