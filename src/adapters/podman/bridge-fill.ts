import { AppError } from '../../errors.ts';
import { type ArchiveFile, toArchive } from './archive.ts';
import { type BridgeFiles, BRIDGE_FOLDER, FOLDERS } from './bridge-files.ts';
import { putArchive, readFileSize } from './container-archive.ts';
import { LABELS } from './labels.ts';
import type { Scene } from './scene.ts';
import { makeVolume, removeUnused } from './volumes.ts';

/** Written last, and only when all the rest is there: a volume without it is never used. */
const MARK = 'complete';

export interface FillOrder {
  readonly volume: string;
  readonly content: BridgeFiles;
  /** Any image of the engine: the container that holds the volume while it is filled is never started. */
  readonly imageId: string;
}

/**
 * Sees to it that a volume holds the whole bridge. One that another filling left unfinished is thrown
 * away: whoever still writes to it writes to nothing. Throws EngineError, NAME_TAKEN, TIMED_OUT.
 */
export async function fillVolume(scene: Scene, order: FillOrder): Promise<void> {
  const holder = `${order.volume}-filling`;
  try {
    await openVolume(scene, order, holder);
    if (await isWhole(scene, holder)) return;
    await removeHolder(scene, holder);
    await removeUnused(scene, order.volume);
    await openVolume(scene, order, holder);
    await fill(scene, order.content, holder);
  } finally {
    // Also when the caller has given up.
    const signal = AbortSignal.timeout(END_MS);
    await removeHolder({ ...scene, signal }, holder).catch(() => undefined);
  }
}

/** Whether a container that was made with the volume has all of it. */
export async function isWhole(scene: Scene, container: string): Promise<boolean> {
  return (await readFileSize(scene, container, `${BRIDGE_FOLDER}/${MARK}`)) !== undefined;
}

export async function removeHolder({ engine, signal }: Scene, name: string): Promise<void> {
  await engine.libpod(
    { signal, what: `remove ${name}`, idempotent: true },
    // Documented as `v`, which is what only the other API listens to.
    {
      method: 'DELETE',
      path: `/containers/${name}`,
      query: { force: true, timeout: 0, volumes: true, v: true, ignore: true },
    },
  );
}

const END_MS = 10_000;

/** Makes the volume, and a container through which the engine shows what is in it. */
async function openVolume(
  scene: Scene,
  { volume, content, imageId }: FillOrder,
  holder: string,
): Promise<void> {
  // Of a manager that was killed.
  await removeHolder(scene, holder);
  const labels = { [LABELS.bridge]: content.version };
  await makeVolume(scene, { name: volume, labels, user: '0' });
  const body = {
    Image: imageId,
    Entrypoint: ['/never-started'],
    Cmd: [],
    Labels: labels,
    HostConfig: {
      NetworkMode: 'none',
      Mounts: [{ Type: 'volume', Source: volume, Target: BRIDGE_FOLDER }],
    },
  };
  const { engine, signal } = scene;
  await engine.docker(
    { signal, what: `create ${holder}` },
    // As one object of another type: dockerode would copy known options into the URL.
    (docker, abortSignal) =>
      docker.createContainer(
        Object.assign({}, { _query: { name: holder }, _body: body, abortSignal }),
      ),
  );
}

async function fill(scene: Scene, { files }: BridgeFiles, holder: string): Promise<void> {
  const place = { container: holder, folder: BRIDGE_FOLDER };
  await putArchive(scene, place, toArchive(FOLDERS, files));
  await Promise.all(files.map((file) => requireFile(scene, holder, file)));
  await putArchive(scene, place, toArchive([], [{ path: MARK, bytes: 0, read: () => [] }]));
}

/** What it holds was hashed on its way; here only whether all of it arrived. */
async function requireFile(
  scene: Scene,
  holder: string,
  { path, bytes }: ArchiveFile,
): Promise<void> {
  const found = await readFileSize(scene, holder, `${BRIDGE_FOLDER}/${path}`);
  if (found === bytes) return;
  throw new AppError(
    'ENGINE_FAILED',
    `The engine has ${found ?? 'no'} bytes of ${path} in ${holder} instead of ${bytes}.`,
  );
}
