import type { FastifyRequest } from 'fastify';
import type { Inspection, ServiceDetail } from '../../control.ts';
import { containerMissing, instanceMissing, severalInstances } from '../../platform/error-body.ts';
import {
  type Addressable,
  resolveInstance,
  type Resolved,
  resolveService,
} from '../../platform/resolve.ts';
import { PlatformRefusal } from './refusal.ts';

/** A service as paths of the platform name it. */
export interface Found extends Addressable {
  readonly detail: ServiceDetail;
}

/** All that whoever asks may see, by name. */
export function listSeen(
  { access }: FastifyRequest,
  { details }: Pick<Inspection, 'details'>,
): readonly Found[] {
  if (access === null) return [];
  const { workspace } = access.identity;
  const all = details().map(toFound);
  if (workspace === undefined) return all;
  return all.filter(({ detail }) => workspaceOf(detail) === workspace);
}

/** `{service}`. Throws 404, and 409 for a name of several. */
export function findContainer(
  request: FastifyRequest,
  inspection: Inspection,
  service: string,
): Found {
  const found = resolveService(listSeen(request, inspection), service);
  return requireOne(found, 'container', { text: service, missing: containerMissing(service) });
}

/** `{id}`. Throws 404, and 409 for a name of several. */
export function findInstance(request: FastifyRequest, inspection: Inspection, id: string): Found {
  const found = resolveInstance(listSeen(request, inspection), id);
  return requireOne(found, 'instance', { text: id, missing: instanceMissing(id) });
}

/** What documents call the service that is called so in a path, whoever asks; undefined: none, or several. */
export function nameCalled(
  { details }: Pick<Inspection, 'details'>,
  called: string,
): string | undefined {
  const found = resolveInstance(details().map(toFound), called);
  return found.kind === 'found' ? found.service.name : undefined;
}

function toFound(detail: ServiceDetail): Found {
  const { status, desired, containerIds } = detail;
  const slug = desired?.slug ?? status.slug;
  return {
    detail,
    name: status.name,
    containerIds,
    ...(slug !== undefined && { slug }),
    ...(desired?.platform && { platform: desired.platform }),
  };
}

function workspaceOf({ desired, status }: ServiceDetail): string | undefined {
  return desired ? desired.platform?.workspaceId : status.workspace;
}

function requireOne(
  found: Resolved<Found>,
  kind: 'container' | 'instance',
  { text, missing }: { readonly text: string; readonly missing: string },
): Found {
  switch (found.kind) {
    case 'found':
      return found.service;
    case 'none':
      throw new PlatformRefusal(404, `${kind}_not_found`, missing);
    case 'several':
      throw new PlatformRefusal(
        409,
        `${kind}_ambiguous`,
        severalInstances(text, found.instanceIds),
      );
  }
}
