import { AppError } from '../errors.ts';
import type { DeclareRequest } from '../model/declaration.ts';
import { secretReferences } from '../model/revision.ts';
import type { Desired } from '../model/service.ts';
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

/**
 * Who is for one workspace names no instance that the service did not have, but in the platform's own way: core could
 * not make it any more, and would be told the address of this service for it. Throws FORBIDDEN.
 */
export function requireOwnInstance(
  { workspace, forInstance = false }: DeclareRequest,
  { fields }: Declaration,
  written: Written | undefined,
): void {
  const instance = platformOf(fields)?.['instanceId'];
  if (workspace === undefined || forInstance || instance === undefined) return;
  if (instance === platformOf(written?.fields)?.['instanceId']) return;
  throw new AppError('FORBIDDEN', 'the service would become an instance of the platform', {
    hint: 'leave `platform.instanceId` out, or let somebody declare it whose token is for all workspaces',
  });
}

/**
 * Who is for one workspace names no secret that the service did not have: references can be guessed. Templates
 * give none either, as who chooses the image reads them. `before` is what is desired now. Throws FORBIDDEN.
 */
export function requireOwnSecrets(
  { service, workspace }: DeclareRequest,
  { secrets, desired }: Declaration,
  before: Desired,
): void {
  if (workspace === undefined) return;
  const own = new Set([
    ...referencesOf(before, service),
    ...secrets.map(({ reference }) => reference),
  ]);
  const foreign = referencesOf(desired, service).find((reference) => !own.has(reference));
  if (foreign === undefined) return;
  throw new AppError(
    'FORBIDDEN',
    `the service would get a secret that it did not have: ${foreign}`,
    {
      hint: 'send the value itself, or let somebody declare it whose token is for all workspaces',
    },
  );
}

function referencesOf({ services }: Desired, service: string): readonly string[] {
  const found = services.find(({ name }) => name === service);
  return found ? secretReferences(found.spec) : [];
}

function workspaceOf(fields: Fields): unknown {
  return platformOf(fields)?.['workspaceId'];
}

function platformOf(fields: Fields | undefined): Fields | undefined {
  return toFields(fields?.['platform']);
}

function toFields(value: unknown): Fields | undefined {
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isMap ? { ...value } : undefined;
}
