import {
  ADOPTED,
  isUp,
  type Adoption,
  type ForeignObject,
  type Instance,
  type Observation,
} from '../../model/instance.ts';
import type { ObserveRequest } from '../../ports.ts';
import { isOurs, type MemoryObject, type MemoryObjects } from './objects.ts';

/** What a look finds: ours by the labels, then what documents adopt, all else foreign. */
export function observe({ all, orphans }: MemoryObjects, request: ObserveRequest): Observation {
  const { names, deep, adopted = new Map<string, Adoption>() } = request;
  const instances: Instance[] = [];
  const foreign: ForeignObject[] = [];
  for (const object of all.values()) {
    const adoption = object.owner === undefined ? adopted.get(object.instance.id) : undefined;
    if (isOurs(object)) instances.push(deep ? object.instance : { ...object.instance, drift: [] });
    else if (adoption) instances.push(toAdopted(object, adoption));
    else foreign.push(toForeign(object));
  }
  const asked = instances.filter(({ service }) => names?.has(service) ?? true);
  const seen = { ok: true, instances: asked, foreign, limitations: [] } as const;
  return deep && names === undefined ? { ...seen, orphans: [...orphans.values()] } : seen;
}

function toAdopted({ name, instance }: MemoryObject, { service }: Adoption): Instance {
  const { id, state, imageId, startedAtMs, exit, url } = instance;
  return {
    ...ADOPTED,
    id,
    name,
    service,
    state,
    ...(imageId !== undefined && { imageId }),
    ...(startedAtMs !== undefined && { startedAtMs }),
    ...(exit && { exit }),
    ...(url !== undefined && { url }),
  };
}

function toForeign({ name, labelled, owner, instance }: MemoryObject): ForeignObject {
  const { id, service, spec } = instance;
  const up = isUp(instance);
  return {
    id,
    name,
    ...(owner !== undefined && { owner }),
    ...(labelled && { labelled: { service, name: instance.name, up, ...(spec && { spec }) } }),
  };
}
