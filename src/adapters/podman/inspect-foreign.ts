import type { ContainerFacts } from '../../model/container.ts';
import { toContainerFacts } from './container-facts.ts';
import type { EngineContainer, EngineImage } from './engine-container.ts';
import { orAbsent } from './engine-error.ts';
import type { Scene } from './scene.ts';

/** All about one container, ours or not; undefined when there is none. Three calls, and one more for a name of a user. */
export async function inspectForeign(
  scene: Scene,
  idOrName: string,
): Promise<ContainerFacts | undefined> {
  const container = await look(scene, `/containers/${encodeURIComponent(idOrName)}/json`);
  if (!isContainer(container)) return undefined;
  const [image, isInternal, userId] = await Promise.all([
    look(scene, `/images/${container.Image}/json`),
    areInternal(scene, Object.keys(container.NetworkSettings?.Networks ?? {})),
    findUserId(scene, container),
  ]);
  return toContainerFacts(scene.managerId, {
    container,
    image: isImage(image) ? image : {},
    isInternal,
    ...(userId !== undefined && { userId }),
  });
}

function look({ engine, signal }: Scene, path: string): Promise<unknown> {
  const call = { signal, what: `look at ${path}`, urgency: 'look' } as const;
  return orAbsent(engine.libpod(call, { method: 'GET', path }));
}

async function areInternal(scene: Scene, networks: readonly string[]): Promise<boolean> {
  const found = await Promise.all(networks.map((name) => look(scene, `/networks/${name}/json`)));
  return found.length > 0 && found.every(leadsNowhere);
}

function leadsNowhere(network: unknown): boolean {
  const [one] = Array.isArray(network) ? network : [network];
  return typeof one === 'object' && one !== null && 'internal' in one && one.internal === true;
}

/** A name means what the container's own list of users says; a document needs the number. */
async function findUserId(scene: Scene, container: EngineContainer): Promise<string | undefined> {
  const [name = '', group] = (container.Config.User ?? '').split(':');
  const isNumber = /^\d*$/.test(name);
  if (isNumber || (group !== undefined && !/^\d+$/.test(group))) return undefined;
  const users = await readFileInside(scene, container.Id, '/etc/passwd');
  const line = users.split('\n').find((user) => user.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid === undefined || gid === undefined ? undefined : `${uid}:${group ?? gid}`;
}

/** The header of a tar entry, in which the size of the file stands as an octal number. */
const HEADER_BYTES = 512;
const SIZE_AT = 124;
const SIZE_BYTES = 11;

/** No list of users is longer. */
const LONGEST_FILE_BYTES = 2 ** 20;

/** Ends the stream when there is more. */
async function firstBytes(stream: AsyncIterable<unknown>, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    if (!Buffer.isBuffer(chunk)) continue;
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= most) break;
  }
  return Buffer.concat(chunks).subarray(0, most);
}

/** Empty where there is no such file. */
async function readFileInside(
  { engine, signal }: Scene,
  id: string,
  path: string,
): Promise<string> {
  const call = { signal, what: `read ${path} of ${id.slice(0, 12)}` };
  const reading = engine.docker(call, async (docker, abortSignal) => {
    const archive = await docker
      .getContainer(id)
      .getArchive(Object.assign({}, { _query: { path }, abortSignal, path }));
    return firstBytes(archive, LONGEST_FILE_BYTES);
  });
  const tar = await orAbsent(reading);
  if (tar === undefined) return '';
  const size = Number.parseInt(tar.toString('ascii', SIZE_AT, SIZE_AT + SIZE_BYTES), 8);
  return tar.toString('utf8', HEADER_BYTES, HEADER_BYTES + size);
}

function isContainer(value: unknown): value is EngineContainer & { readonly Image: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'Id' in value &&
    'Config' in value &&
    'HostConfig' in value &&
    'Image' in value
  );
}

function isImage(value: unknown): value is EngineImage {
  return typeof value === 'object' && value !== null;
}
