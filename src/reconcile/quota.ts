import { AppError } from '../errors.ts';
import type { DeclareRequest } from '../model/declaration.ts';
import type { DesiredService } from '../model/service.ts';
import { countServices, type ServiceLimit } from '../model/service-limit.ts';

/**
 * Before a program declares a new service. Throws LIMIT_REACHED in the platform's words: nothing is written that
 * would only wait for a place.
 */
export function requirePlace(
  limit: ServiceLimit,
  { services }: { readonly services: readonly Counted[] },
  { change }: Pick<DeclareRequest, 'change'>,
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

type Counted = Pick<DesiredService, 'origin' | 'platform'>;

function tooMany(most: number, workspace?: string): AppError {
  const where = workspace === undefined ? '' : ` in workspace ${workspace}`;
  return new AppError('LIMIT_REACHED', `maximum container limit reached (${most})${where}`, {
    hint: 'delete another one, or ask the operator to raise the limit',
  });
}

function isOf({ origin, platform }: Counted, workspace: string): boolean {
  return origin !== 'file' && platform?.workspaceId === workspace;
}

function workspaceIn(platform: unknown): string | undefined {
  if (typeof platform !== 'object' || platform === null || !('workspaceId' in platform)) {
    return undefined;
  }
  return typeof platform.workspaceId === 'string' ? platform.workspaceId : undefined;
}
