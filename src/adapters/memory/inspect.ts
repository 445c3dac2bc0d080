import type { ContainerFacts } from '../../model/container.ts';
import { byName, isOurs, type MemoryObjects } from './objects.ts';

/** All about one container by its id or name: what a test said of it, and something for all else. */
export function inspect(objects: MemoryObjects, container: string): ContainerFacts | undefined {
  const object = objects.all.get(container) ?? byName(objects, container);
  if (object === undefined) return undefined;
  const { name, owner, instance, facts } = object;
  return {
    id: instance.id,
    name,
    running: instance.state === 'running',
    ...(owner !== undefined && { owner }),
    ours: isOurs(object),
    image: 'echo:1',
    env: {},
    user: '1000',
    ports: [8000],
    volumes: [],
    resources: {},
    egress: 'all',
    forbidden: [],
    lost: [],
    ...facts,
  };
}
