import { AppError } from '../errors.ts';
import type { DeclareRequest } from '../model/declaration.ts';
import { type Declaration, type Fields, unwritten, type Written } from './written-service.ts';

/** Who is for one workspace meets the services of others as if there were none. Throws SERVICE_UNKNOWN. */
export function requireWorkspace(
  { service, workspace }: DeclareRequest,
  written: Written | undefined,
): void {
  if (workspace === undefined || !written || workspaceOf(written.fields) === workspace) return;
  throw unwritten(service);
}

/** What says nothing of a workspace is for the one of who asks. */
export function intoWorkspace(request: DeclareRequest): DeclareRequest {
  const { workspace, change } = request;
  if (workspace === undefined || change.kind !== 'put') return request;
  const platform = toFields(change.fields['platform'] ?? {});
  if (!platform || 'workspaceId' in platform) return request;
  const fields = { ...change.fields, platform: { ...platform, workspaceId: workspace } };
  return { ...request, change: { ...change, fields } };
}

/** Nothing is made in another workspace, or moved there. Throws FORBIDDEN. */
export function requireStaying({ workspace }: DeclareRequest, { fields }: Declaration): void {
  if (workspace === undefined || !fields || workspaceOf(fields) === workspace) return;
  throw new AppError('FORBIDDEN', 'the service would be of another workspace, or of none', {
    hint: `leave \`platform.workspaceId\` out, or say ${JSON.stringify(workspace)}`,
  });
}

function workspaceOf(fields: Fields): unknown {
  return toFields(fields['platform'])?.['workspaceId'];
}

function toFields(value: unknown): Fields | undefined {
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isMap ? { ...value } : undefined;
}
