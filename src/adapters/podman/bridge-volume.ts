import { AppError } from '../../errors.ts';
import { digestOf } from '../../model/canonical.ts';
import type { BridgeFiles } from './bridge-files.ts';
import { fillVolume, isWhole, removeContainer, removeHolders } from './bridge-fill.ts';
import { LABELS } from './labels.ts';
import type { Scene } from './scene.ts';
import { createSharedWork } from './shared-work.ts';
import { inspectVolume, listUnusedVolumes, removeUnused } from './volumes.ts';

/** The volumes of one engine that hold the bridge with a Node to run it, one for each version. */
export interface BridgeVolumes {
  readonly files: () => Promise<BridgeFiles>;
  /**
   * Makes a container with the volume of the present version, which is there then, whole; answers its id.
   * Where somebody removed the volume meanwhile, the engine made an empty one: that goes with the
   * container, and ENGINE_FAILED is thrown.
   */
  make(order: MakeOrder, scene: Scene): Promise<string>;
  /** Removes those that no container has, and that none is being made with. */
  prune(scene: Scene): Promise<void>;
}

export interface MakeOrder {
  /** Of any image of the engine. */
  readonly imageId: string;
  /** Makes the container with the volume of this name; answers its id. */
  readonly create: (volume: string) => Promise<string>;
}

export function createBridgeVolumes(files: () => Promise<BridgeFiles>): BridgeVolumes {
  const filling = createSharedWork<void>();
  /** The last one that was found whole. */
  let whole: string | undefined;
  let making = 0;
  /** Never rejects. */
  let pruning: Promise<void> | undefined;

  async function fill(scene: Scene, volume: string, imageId: string): Promise<void> {
    if ((await identify(scene, volume)) === whole) return;
    await fillVolume(scene, { volume, content: await files(), imageId });
    whole = await identify(scene, volume);
  }

  async function makeWith(volume: string, order: MakeOrder, scene: Scene): Promise<string> {
    const { imageId, create } = order;
    await filling.join(volume, scene.signal, (signal) =>
      fill({ ...scene, signal }, volume, imageId),
    );
    const id = await create(volume);
    if (await isWhole(scene, id)) return id;
    await removeContainer(scene, id);
    await removeUnused(scene, volume);
    throw new AppError('ENGINE_FAILED', 'Somebody removed the volume of the bridge.');
  }

  return {
    files,
    async make(order, scene) {
      making += 1;
      try {
        await pruning?.catch(() => undefined);
        const volume = volumeName(scene.managerId, (await files()).version);
        return await makeWith(volume, order, scene);
      } finally {
        making -= 1;
      }
    },
    async prune(scene) {
      // The next removal does it.
      if (making > 0) return;
      pruning ??= removeAllUnused(scene).finally(() => {
        pruning = undefined;
      });
      await pruning;
    },
  };
}

async function removeAllUnused(scene: Scene): Promise<void> {
  await removeHolders(scene);
  const unused = await listUnusedVolumes(scene);
  const bridges = unused.filter(({ labels }) => LABELS.bridge in labels);
  await Promise.all(bridges.map(({ name }) => removeUnused(scene, name)));
}

/** Unlike any of a service: those go on with the hash itself. */
function volumeName(managerId: string, version: string): string {
  return `mcp-bridge-${digestOf(managerId, 8)}-${version}`;
}

/** Which volume it is: another one of the same name was made at another time. */
async function identify(scene: Scene, name: string): Promise<string> {
  return `${name} ${(await inspectVolume(scene, name))?.createdAt}`;
}
