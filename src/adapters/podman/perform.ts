import { forgottenName } from '../../model/names.ts';
import type { RuntimeStep, Target } from '../../model/plan.ts';
import type { Resources } from '../../model/service.ts';
import type { SecretValues } from '../../ports.ts';
import { adoptContainer, isAdoptable, renameContainer } from './adopt.ts';
import type { BridgeVolumes } from './bridge-volume.ts';
import { createContainer, imageGone } from './create.ts';
import type { EngineFacts } from './engine-facts.ts';
import type { Images } from './images.ts';
import { inspectContainer, type Inspection } from './inspection.ts';
import type { ContainerMemory } from './container-memory.ts';
import { isOurs, LABELS, readLabels } from './labels.ts';
import { CPU_PERIOD_US } from './limits-in-force.ts';
import { serviceInName } from './names.ts';
import { pruneNetwork, removeNetworks } from './networks.ts';
import type { Scene } from './scene.ts';
import { startContainer } from './start.ts';
import { pruneVolume, removeVolumes } from './volumes.ts';

export interface PerformerParts {
  readonly readFacts: (signal: AbortSignal) => Promise<EngineFacts>;
  readonly memory: ContainerMemory;
  readonly images: Pick<Images, 'pulledId'>;
  readonly bridges: BridgeVolumes;
}

export type Performer = (
  scene: Scene,
  step: Exclude<RuntimeStep, { kind: 'pull' }>,
  values: SecretValues,
) => Promise<string | undefined>;

/** Does one step; answers the id of the container that was created or started. Throws AppError. */
export function createPerformer({ readFacts, memory, images, bridges }: PerformerParts): Performer {
  return async (scene, step, values) => {
    if (step.kind === 'create') {
      const [facts, exact] = await Promise.all([
        readFacts(scene.signal),
        withImageId(images, step, scene.signal),
      ]);
      return createContainer(scene, { step: exact, values, facts, bridges });
    }
    if (step.kind === 'adopt') await adoptContainer(scene, step);
    else if (step.kind === 'prune') await prune(scene, step);
    else return act(scene, step);
    return undefined;
  };

  async function act(scene: Scene, step: Change | StartStep): Promise<string | undefined> {
    const found = await find(scene, step.target);
    if (found !== undefined) memory.noteChange(found.id);
    if (step.kind === 'start') return startContainer(scene, { target: step.target, found, memory });
    if (found !== undefined) await change(scene, step, found);
    if (step.kind === 'remove') await tidy(scene, step, found);
    // What cannot be cleared now is cleared by the next removal: this one is done.
    if (step.kind === 'remove' && hasBridge(found))
      await bridges.prune(scene).catch(() => undefined);
    return undefined;
  }

  async function change(scene: Scene, step: Change, found: Inspection): Promise<void> {
    switch (step.kind) {
      case 'stop':
        return stop(scene, found, step.graceMs);
      case 'remove':
        return remove(scene, found, step.target.adopted === true);
      case 'update': {
        const { held } = await readFacts(scene.signal);
        return update(scene, found, { resources: step.resources, held });
      }
      case 'forget':
        return renameContainer(scene, found, forgottenName(found.name, found.id));
    }
  }
}

/** What a short name means is decided in one place: left to it, the engine may find another image. */
async function withImageId(
  images: Pick<Images, 'pulledId'>,
  step: CreateStep,
  signal: AbortSignal,
): Promise<CreateStep> {
  const { image } = step.service.spec;
  if (step.imageId !== undefined || image === undefined) return step;
  const imageId = await images.pulledId(image, signal);
  if (imageId === undefined) throw imageGone(step);
  return { ...step, imageId };
}

/** By id where it is known; only what is ours and has the name that the step means. */
async function find(scene: Scene, { id, name, adopted }: Target): Promise<Inspection | undefined> {
  const found = await inspectContainer(scene, id ?? name);
  if (found?.name !== name) return undefined;
  const taken = adopted === true && isAdoptable(scene, found);
  return taken || isOurs(scene.managerId, name, found.labels) ? found : undefined;
}

async function prune(
  scene: Scene,
  { object, target }: Extract<RuntimeStep, { kind: 'prune' }>,
): Promise<void> {
  if (object === 'network') await pruneNetwork(scene, target.name);
  else await pruneVolume(scene, target.name);
}

type CreateStep = Extract<RuntimeStep, { kind: 'create' }>;
type StartStep = Extract<RuntimeStep, { kind: 'start' }>;
type Change = Extract<RuntimeStep, { kind: 'stop' | 'remove' | 'update' | 'forget' }>;

/** How long the engine may take to kill a program and to tidy up, beside the grace. */
const END_MS = 60_000;

async function stop(scene: Scene, found: Inspection, graceMs: number): Promise<void> {
  const { engine, signal } = scene;
  // One that is paused can neither end nor be stopped.
  if (found.status === 'paused') await post(scene, found, 'unpause');
  else if (found.status !== 'running' && found.status !== 'stopping') return;
  await engine.libpod(
    {
      signal,
      what: `stop ${found.name}`,
      urgency: 'end',
      lingers: true,
      deadlineMs: graceMs + END_MS,
      idempotent: true,
    },
    {
      method: 'POST',
      path: `/containers/${found.id}/stop`,
      query: { timeout: Math.ceil(graceMs / 1_000), ignore: true },
    },
  );
}

/** One that runs still has this long. */
const REMOVE_GRACE_S = 3;

/**
 * With the volumes that the image itself asks for: they have no name by which they could serve again.
 * Those of one that somebody else made stay: nobody knows what is in them.
 */
async function remove(
  { engine, signal }: Scene,
  { id, name }: Inspection,
  adopted: boolean,
): Promise<void> {
  await engine.libpod(
    { signal, what: `remove ${name}`, urgency: 'end', idempotent: true },
    {
      method: 'DELETE',
      path: `/containers/${id}`,
      // Documented as `v`, which is what only the other API listens to.
      query: { force: true, timeout: REMOVE_GRACE_S, volumes: !adopted, v: !adopted, ignore: true },
    },
  );
}

/** What was there for the container alone; also when an earlier try removed that already. */
async function tidy(
  scene: Scene,
  { target, volumes }: Extract<RuntimeStep, { kind: 'remove' }>,
  found: Inspection | undefined,
): Promise<void> {
  const known = readLabels(found?.labels ?? {});
  const service = known?.service ?? serviceInName(target.name);
  if (service !== undefined) await removeNetworks(scene, service);
  await removeVolumes(scene, volumes);
}

/** Changes the limits that the engine can hold; what the engine tells of the container stays as it was made. */
async function update(
  { engine, signal }: Scene,
  { id, name }: Inspection,
  { resources, held }: { readonly resources: Resources; readonly held: EngineFacts['held'] },
): Promise<void> {
  const { memoryBytes, cpu, pids } = resources;
  const quota = Math.round(cpu * CPU_PERIOD_US);
  const body = {
    ...(held.memory && { memory: { limit: memoryBytes, swap: memoryBytes } }),
    ...(held.cpu && { cpu: { quota, period: CPU_PERIOD_US } }),
    ...(held.pids && { pids: { limit: pids } }),
  };
  await engine.libpod(
    { signal, what: `set the limits of ${name}`, idempotent: true },
    { method: 'POST', path: `/containers/${id}/update`, body },
  );
}

function hasBridge(found: Inspection | undefined): boolean {
  return found?.labels[LABELS.bridge] !== undefined;
}

async function post({ engine, signal }: Scene, { id, name }: Inspection, action: 'unpause') {
  await engine.libpod(
    { signal, what: `${action} ${name}` },
    { method: 'POST', path: `/containers/${id}/${action}` },
  );
}
