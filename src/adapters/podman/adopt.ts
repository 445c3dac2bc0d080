import { AppError } from '../../errors.ts';
import type { RuntimeStep } from '../../model/plan.ts';
import { EngineError } from './engine-error.ts';
import { inspectContainer, type Inspection } from './inspection.ts';
import { LABELS } from './labels.ts';
import type { Scene } from './scene.ts';

/**
 * Gives a container that runs already the name of an instance; nothing else of it changes. Throws
 * PROGRAM_FAILED when it is gone, NAME_TAKEN when it, or the name, is somebody else's.
 */
export async function adoptContainer(
  scene: Scene,
  { target, from }: Extract<RuntimeStep, { kind: 'adopt' }>,
): Promise<void> {
  const found = await inspectContainer(scene, target.id);
  if (found === undefined)
    throw new AppError('PROGRAM_FAILED', `There is no container ${from} to take over any more.`);
  requireAdoptable(scene, found);
  if (found.name === target.name) return;
  try {
    await renameContainer(scene, found, target.name);
  } catch (error) {
    const isTaken = error instanceof EngineError && error.reason.includes('already in use');
    if (!isTaken) throw error;
    throw new AppError('NAME_TAKEN', `The container ${target.name} belongs to somebody else.`, {
      hint: `rename or remove it: \`podman rename ${target.name} ANOTHER\``,
    });
  }
}

/** Whether a document may adopt a container with these labels: nobody else's manager made it. */
export function isAdoptable(
  { managerId }: Pick<Scene, 'managerId'>,
  { labels }: Pick<Inspection, 'labels'>,
): boolean {
  const owner = labels[LABELS.manager];
  return owner === undefined || owner === managerId;
}

function requireAdoptable(scene: Scene, found: Inspection): void {
  if (isAdoptable(scene, found)) return;
  const owner = found.labels[LABELS.manager];
  throw new AppError('NAME_TAKEN', `The container ${found.name} belongs to the manager ${owner}.`, {
    hint: 'let it go there with `mcp-manager forget`, then take it over here',
  });
}

/** Not idempotent: the engine refuses the name that a container has already. */
export async function renameContainer(
  { engine, signal }: Scene,
  { id, name }: Pick<Inspection, 'id' | 'name'>,
  to: string,
): Promise<void> {
  await engine.libpod(
    { signal, what: `rename ${name}` },
    { method: 'POST', path: `/containers/${id}/rename`, query: { name: to } },
  );
}
