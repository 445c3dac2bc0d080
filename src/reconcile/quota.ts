import { AppError } from '../errors.ts';
import { toRecord } from '../model/record.ts';
import type { DesiredService, Origin } from '../model/service.ts';
import { countServices, type ServiceLimit } from '../model/service-limit.ts';

/** What a program declares. */
interface Wanted {
  readonly service: string;
  readonly origin: Origin;
  readonly fields: Readonly<Record<string, unknown>>;
}

/**
 * Before a program declares a service, gives it another workspace or takes it over. Throws LIMIT_REACHED in the
 * platform's words: nothing is written that would only wait for a place. What has its place keeps it.
 */
export function requirePlace(
  limit: ServiceLimit,
  { services }: { readonly services: readonly Counted[] },
  { service, origin, fields }: Wanted,
): void {
  if (origin === 'file') return;
  const others = services.filter(({ name }) => name !== service);
  const now = services.filter(({ name }) => name === service);
  const { running, most } = countServices(limit, others);
  if (countServices(limit, now).running === 0 && running >= most) throw tooMany(most);
  const workspace = workspaceIn(fields['platform']);
  const { mostPerWorkspace = Infinity } = limit;
  if (workspace === undefined || now.some((own) => isOf(own, workspace))) return;
  const own = others.filter((other) => isOf(other, workspace));
  if (own.length >= mostPerWorkspace) throw tooMany(mostPerWorkspace, workspace);
}

type Counted = Pick<DesiredService, 'name' | 'origin' | 'platform'>;

function tooMany(most: number, workspace?: string): AppError {
  const where = workspace === undefined ? '' : ` in workspace ${workspace}`;
  return new AppError('LIMIT_REACHED', `maximum container limit reached (${most})${where}`, {
    hint: 'delete another one, or ask the operator to raise the limit',
  });
}

function isOf({ origin, platform }: Counted, workspace: string): boolean {
  return origin !== 'file' && platform?.workspaceId === workspace;
}

/** What a document says under `platform.workspaceId`. */
export function workspaceIn(platform: unknown): string | undefined {
  const { workspaceId } = toRecord(platform);
  return typeof workspaceId === 'string' ? workspaceId : undefined;
}
