import type { MountSettings } from 'dockerode';
import { AppError } from '../../errors.ts';
import { digestOf } from '../../model/canonical.ts';
import type { ServiceSpec, Volume } from '../../model/service.ts';
import { EngineError } from './engine-error.ts';
import { isOurs, LABELS, type Labels } from './labels.ts';
import type { Scene } from './scene.ts';

/** Names that every engine takes; others get one of their own. */
const LEGAL = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

/** `mcp-<8 hex of the manager>-<name>`: services of one fleet share a volume by its name, fleets do not. */
function volumeName(managerId: string, source: string): string {
  const name = LEGAL.test(source) ? source : digestOf(source, 16);
  return `mcp-${digestOf(managerId, 8)}-${name}`;
}

function isHostPath({ source }: Volume): boolean {
  return source.startsWith('/');
}

export function toMounts(managerId: string, volumes: readonly Volume[]): MountSettings[] {
  return volumes.map((volume) => ({
    Type: isHostPath(volume) ? 'bind' : 'volume',
    Source: isHostPath(volume) ? volume.source : volumeName(managerId, volume.source),
    Target: volume.destination,
    ReadOnly: volume.readOnly,
  }));
}

/** The named volumes of a spec, as the engine knows them, once each. */
export function volumeNames(
  managerId: string,
  { volumes }: Pick<ServiceSpec, 'volumes'>,
): readonly string[] {
  const named = volumes.filter((volume) => !isHostPath(volume));
  return [...new Set(named.map(({ source }) => volumeName(managerId, source)))];
}

/** Makes the named volumes of a spec that are not there, so that its user can write to them. */
export async function ensureVolumes(scene: Scene, spec: ServiceSpec): Promise<void> {
  const names = volumeNames(scene.managerId, spec);
  await Promise.all(names.map((name) => ensureVolume(scene, name, spec.user)));
}

/** Removes the named volumes of a spec, and the data in them; those that others use stay. */
export async function removeVolumes(scene: Scene, spec: ServiceSpec): Promise<void> {
  const names = volumeNames(scene.managerId, spec);
  await Promise.all(names.map((name) => removeUnused(scene, name)));
}

/** Removes one volume of ours with its data, unless a container uses it. */
export async function pruneVolume(scene: Scene, name: string): Promise<void> {
  const volume = await inspectVolume(scene, name);
  const ours = volume !== undefined && isOurs(scene.managerId, volume.name, volume.labels);
  if (ours) await removeUnused(scene, name);
}

/** The volumes of this manager, by name. */
export async function listVolumes({ engine, managerId, signal }: Scene): Promise<string[]> {
  const label = [`${LABELS.manager}=${managerId}`];
  const listed = await engine.libpod(
    { signal, what: 'list volumes', urgency: 'look' },
    { method: 'GET', path: '/volumes/json', query: { filters: { label } } },
  );
  return readVolumes(listed).map(({ name }) => name);
}

async function ensureVolume(
  { engine, managerId, signal }: Scene,
  name: string,
  user: string,
): Promise<void> {
  const body = {
    Name: name,
    Labels: { [LABELS.manager]: managerId, [LABELS.name]: name },
    Options: toOwnership(user),
  };
  const call = { signal, what: `create volume ${name}`, idempotent: true };
  try {
    await engine.libpod(call, { method: 'POST', path: '/volumes/create', body });
  } catch (error) {
    if (!(error instanceof EngineError) || !error.reason.includes('already exists')) throw error;
    await requireOurs({ engine, managerId, signal }, name);
  }
}

/** Told at creation: the mount option `U` is overruled by what the image has at that place. */
function toOwnership(user: string): Record<string, string> {
  const [uid = '', gid = uid] = user.split(':');
  return /^\d+$/.test(uid) && /^\d+$/.test(gid) ? { o: `uid=${uid},gid=${gid}` } : {};
}

async function requireOurs(scene: Scene, name: string): Promise<void> {
  const volume = await inspectVolume(scene, name);
  if (volume !== undefined && isOurs(scene.managerId, volume.name, volume.labels)) return;
  throw new AppError('NAME_TAKEN', `The volume ${name} belongs to somebody else.`, {
    hint: `look at it with \`podman volume inspect ${name}\`, then remove it or name another one`,
  });
}

async function removeUnused({ engine, signal }: Scene, name: string): Promise<void> {
  const call = { signal, what: `remove volume ${name}`, urgency: 'end' } as const;
  try {
    await engine.libpod(call, { method: 'DELETE', path: `/volumes/${name}` });
  } catch (error) {
    const isLeft = error instanceof EngineError && [404, 409].includes(error.status ?? 0);
    if (!isLeft) throw error;
  }
}

async function inspectVolume(
  { engine, signal }: Scene,
  name: string,
): Promise<EngineVolume | undefined> {
  const call = { signal, what: `look at volume ${name}` };
  try {
    const answer = await engine.libpod(call, { method: 'GET', path: `/volumes/${name}/json` });
    return readVolumes([answer])[0];
  } catch (error) {
    if (error instanceof EngineError && error.status === 404) return undefined;
    throw error;
  }
}

interface EngineVolume {
  readonly name: string;
  readonly labels: Labels;
}

function readVolumes(answer: unknown): readonly EngineVolume[] {
  if (!Array.isArray(answer)) return [];
  return answer
    .filter(isVolume)
    .map(({ Name, Labels: labels }) => ({ name: Name, labels: labels ?? {} }));
}

function isVolume(value: unknown): value is { Name: string; Labels?: Labels | null } {
  return typeof value === 'object' && value !== null && 'Name' in value;
}
