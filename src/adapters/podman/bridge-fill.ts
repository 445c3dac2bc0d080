import { AppError } from '../../errors.ts';
import { type ArchiveFile, toArchive } from './archive.ts';
import { type BridgeFiles, BRIDGE_FOLDER, FOLDERS } from './bridge-files.ts';
import { putArchive, readFileSize } from './container-archive.ts';
import { readContainerList } from './container-list.ts';
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
  try {
    const found = await holdVolume(scene, order);
    if (await isWhole(scene, found)) return;
    await removeHolders(scene);
    await removeUnused(scene, order.volume);
    await fill(scene, order.content, await holdVolume(scene, order));
  } finally {
    // Also when the caller has given up.
    const signal = AbortSignal.timeout(END_MS);
    await removeHolders({ ...scene, signal }).catch(() => undefined);
  }
}

/** Whether a container that was made with the volume has all of it. */
export async function isWhole(scene: Scene, container: string): Promise<boolean> {
  return (await readFileSize(scene, container, `${BRIDGE_FOLDER}/${MARK}`)) !== undefined;
}

/** Those of this manager, also of one that was killed. */
export async function removeHolders(scene: Scene): Promise<void> {
  const { engine, managerId, signal } = scene;
  const filters = { label: [`${LABELS.holder}=${managerId}`] };
  const listed = await engine.libpod(
    { signal, what: 'list what holds volumes', urgency: 'look' },
    { method: 'GET', path: '/containers/json', query: { all: true, filters } },
  );
  await Promise.all(readContainerList(listed).map(({ id }) => removeContainer(scene, id)));
}

/** With the volumes that its image asks for; one that is gone is success. */
export async function removeContainer({ engine, signal }: Scene, id: string): Promise<void> {
  await engine.libpod(
    { signal, what: `remove ${id}`, idempotent: true },
    {
      method: 'DELETE',
      path: `/containers/${id}`,
      // Documented as `v`, which is what only the other API listens to.
      query: { force: true, timeout: 0, volumes: true, v: true, ignore: true },
    },
  );
}

const END_MS = 10_000;

/** Makes the volume, and a container through which the engine shows what is in it; answers its id. */
async function holdVolume(scene: Scene, { volume, content, imageId }: FillOrder): Promise<string> {
  const { engine, managerId, signal } = scene;
  await removeHolders(scene);
  await makeVolume(scene, {
    name: volume,
    labels: { [LABELS.bridge]: content.version },
    user: '0',
  });
  const body = {
    Image: imageId,
    Entrypoint: ['/never-started'],
    Cmd: [],
    Labels: { [LABELS.holder]: managerId },
    HostConfig: {
      NetworkMode: 'none',
      Mounts: [{ Type: 'volume', Source: volume, Target: BRIDGE_FOLDER }],
    },
  };
  const { id } = await engine.docker(
    { signal, what: `hold ${volume}` },
    // As one object of another type: dockerode would copy known options into the URL.
    (docker, abortSignal) =>
      docker.createContainer(
        Object.assign({}, { _query: { name: `${volume}-filling` }, _body: body, abortSignal }),
      ),
  );
  return id;
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
