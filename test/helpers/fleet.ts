import { onTestFinished } from 'vitest';
import { type Engine, startEngine } from './engine.ts';
import { PROGRAMS_IMAGE } from './image-store.ts';
import { createWorkplace, type Workplace } from './manager.ts';

/** A workplace whose services run in containers of an engine of its own. */
export interface Fleet extends Workplace {
  readonly engine: Engine;
  /** Names of this fleet's containers, sorted; `running` ones only when asked. */
  containers(which?: 'all' | 'running'): Promise<readonly string[]>;
  /** Ids and last starts of these containers, by default of all: equal when none was started since. */
  startedAt(names?: readonly string[]): Promise<string>;
}

/** Everything of it is gone at the end given (`afterAll` for a whole file). */
export async function createFleet(
  atEnd: (end: () => Promise<void>) => void = onTestFinished,
): Promise<Fleet> {
  const engine = await startEngine(atEnd);
  const place = createWorkplace(atEnd, {
    runtime: 'podman',
    environment: { CONTAINER_HOST: `unix://${engine.socket}` },
  });
  const containers: Fleet['containers'] = async (which = 'all') => {
    const all = which === 'all' ? ['--all'] : [];
    const ours = `label=mcp-manager.io/manager=${place.managerId}`;
    const names = await engine.podman('ps', ...all, '--filter', ours, '--format', '{{.Names}}');
    return names === '' ? [] : names.split('\n').toSorted();
  };
  return {
    ...place,
    engine,
    containers,
    async startedAt(names) {
      const asked = names ?? (await containers());
      return engine.podman('inspect', ...asked, '--format', '{{.Id}} {{.State.StartedAt}}');
    },
  };
}

/** A change that is over as soon as the new release is verified: nobody waits to see that it lasts. */
const QUICK = { stableFor: '0s', drain: '1s' };

/** A service that runs a program of the test image. */
export function contained(
  program: 'bad' | 'service' | 'tiny' = 'tiny',
  modes: readonly string[] = [],
  more: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  const command = ['node', `/programs/${program}.mjs`, ...modes];
  return { image: PROGRAMS_IMAGE, command, pull: 'never', rollout: QUICK, ...more };
}
