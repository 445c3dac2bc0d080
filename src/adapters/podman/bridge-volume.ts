import { AppError } from '../../errors.ts';
import { digestOf } from '../../model/canonical.ts';
import type { BridgeFiles } from './bridge-files.ts';
import { fillVolume, isWhole, removeHolder } from './bridge-fill.ts';
import { LABELS } from './labels.ts';
import type { Scene } from './scene.ts';
import { createSharedWork } from './shared-work.ts';
import { inspectVolume, listUnusedVolumes, removeUnused } from './volumes.ts';

/** The volumes of one engine that hold the bridge with a Node to run it, one for each version. */
export interface BridgeVolumes {
  readonly files: () => Promise<BridgeFiles>;
  /** The volume of the present version, there or not. */
  nameOf(scene: Pick<Scene, 'managerId'>): Promise<string>;
  /** Sees to it that the present version is there, whole. */
  ensure(scene: Scene, imageId: string): Promise<void>;
  /**
   * Whether a container that was made with it has all of it. Where somebody removed the volume meanwhile,
   * the engine made an empty one: that goes with the container, and ENGINE_FAILED is thrown.
   */
  confirm(scene: Scene, container: string): Promise<void>;
  /** Removes those of other versions that no container has. */
  prune(scene: Scene): Promise<void>;
}

export function createBridgeVolumes(files: () => Promise<BridgeFiles>): BridgeVolumes {
  const filling = createSharedWork<void>();
  /** The last one that was found whole: its name, and when it was made. */
  let whole: string | undefined;
  const nameOf: BridgeVolumes['nameOf'] = async ({ managerId }) =>
    volumeName(managerId, (await files()).version);

  async function makeWhole(scene: Scene, volume: string, imageId: string): Promise<void> {
    if ((await identify(scene, volume)) === whole) return;
    await fillVolume(scene, { volume, content: await files(), imageId });
    whole = await identify(scene, volume);
  }

  return {
    files,
    nameOf,
    async ensure(scene, imageId) {
      const volume = await nameOf(scene);
      return filling.join(volume, scene.signal, (signal) =>
        makeWhole({ ...scene, signal }, volume, imageId),
      );
    },
    async confirm(scene, container) {
      if (await isWhole(scene, container)) return;
      await removeHolder(scene, container);
      await removeUnused(scene, await nameOf(scene));
      throw new AppError('ENGINE_FAILED', 'Somebody removed the volume of the bridge.');
    },
    async prune(scene) {
      const present = await nameOf(scene);
      const unused = await listUnusedVolumes(scene);
      const old = unused.filter(({ name, labels }) => LABELS.bridge in labels && name !== present);
      await Promise.all(old.map(({ name }) => removeUnused(scene, name)));
    },
  };
}

/** Unlike any of a service: those go on with the hash itself. */
function volumeName(managerId: string, version: string): string {
  return `mcp-bridge-${digestOf(managerId, 8)}-${version}`;
}

/** Which volume it is: another one of the same name was made at another time. */
async function identify(scene: Scene, name: string): Promise<string> {
  return `${name} ${(await inspectVolume(scene, name))?.createdAt}`;
}
