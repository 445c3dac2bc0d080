import type { MountSettings } from 'dockerode';
import { AppError } from '../../errors.ts';
import { digestOf } from '../../model/canonical.ts';
import type { DesiredService, ServiceSpec, Volume } from '../../model/service.ts';
import { EngineError, orAbsent } from './engine-error.ts';
import { isOurs, LABELS, type Labels } from './labels.ts';
import type { Scene } from './scene.ts';

/** Names that every engine takes; others get one of their own. */
const LEGAL = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

/** `mcp-<8 hex of the manager>-<name>`: services of one fleet share a volume by its name, fleets do not. */
function volumeName(managerId: string, source: string): string {
  const name = LEGAL.test(source) ? source : digestOf(source, 16);
  return `${prefixOf(managerId)}${name}`;
}

function prefixOf(managerId: string): string {
  return `mcp-${digestOf(managerId, 8)}-`;
}

function isHostPath({ source }: Volume): boolean {
  return source.startsWith('/');
}

/** Whether the fleet has it, and not the host or the engine. */
function isOfFleet(volume: Volume): boolean {
  return !isHostPath(volume) && volume.external !== true;
}

/** The name in the fleet of a volume of ours, by its name on the engine; undefined for all others. */
export function volumeSource(managerId: string, name: string): string | undefined {
  const prefix = prefixOf(managerId);
  return name.startsWith(prefix) ? name.slice(prefix.length) : undefined;
}

export function toMounts(managerId: string, volumes: readonly Volume[]): MountSettings[] {
  return volumes.map((volume) => ({
    Type: isHostPath(volume) ? 'bind' : 'volume',
    Source: isOfFleet(volume) ? volumeName(managerId, volume.source) : volume.source,
    Target: volume.destination,
    ReadOnly: volume.readOnly,
  }));
}

/** The volumes of the fleet that a spec names, as the engine knows them, once each. */
export function volumeNames(
  managerId: string,
  { volumes }: Pick<ServiceSpec, 'volumes'>,
): readonly string[] {
  const own = volumes.filter(isOfFleet);
  return [...new Set(own.map(({ source }) => volumeName(managerId, source)))];
}

/**
 * Makes the volumes of a service that are not there, so that its user can write to them. What is not the
 * fleet's must be there: throws PROGRAM_FAILED, and NAME_TAKEN where another manager has it.
 */
export async function ensureVolumes(scene: Scene, { name, spec }: Served): Promise<void> {
  const sources = [...new Set(spec.volumes.filter(isOfFleet).map(({ source }) => source))];
  const external = spec.volumes.filter((volume) => volume.external === true);
  await Promise.all([
    ...sources.map((source) => ensureVolume(scene, { source, service: name, user: spec.user })),
    ...external.map((volume) => requireThere(scene, volume.source)),
  ]);
}

type Served = Pick<DesiredService, 'name' | 'spec'>;

/** Removes volumes of ours by their names in the fleet, and the data in them; those that containers have stay. */
export async function removeVolumes(scene: Scene, sources: readonly string[]): Promise<void> {
  const names = sources.map((source) => volumeName(scene.managerId, source));
  await Promise.all(names.map((name) => pruneVolume(scene, name)));
}

/** Removes one volume of ours with its data, unless a container uses it. */
export async function pruneVolume(scene: Scene, name: string): Promise<void> {
  const volume = await inspectVolume(scene, name);
  const ours = volume !== undefined && isOurs(scene.managerId, volume.name, volume.labels);
  if (ours) await removeUnused(scene, name);
}

/** The volumes of this manager. */
export function listVolumes(scene: Scene): Promise<readonly EngineVolume[]> {
  return listBy(scene, {});
}

/** Those that no container has, running or not. */
export function listUnusedVolumes(scene: Scene): Promise<readonly EngineVolume[]> {
  return listBy(scene, { dangling: ['true'] });
}

async function listBy(
  { engine, managerId, signal }: Scene,
  more: Readonly<Record<string, readonly string[]>>,
): Promise<readonly EngineVolume[]> {
  const filters = { label: [`${LABELS.manager}=${managerId}`], ...more };
  const listed = await engine.libpod(
    { signal, what: 'list volumes', urgency: 'look' },
    { method: 'GET', path: '/volumes/json', query: { filters } },
  );
  return readVolumes(listed);
}

interface NewVolume {
  readonly source: string;
  /** The first one that has it: others may share it by its name. */
  readonly service: string;
  readonly user: string;
}

async function ensureVolume(scene: Scene, { source, service, user }: NewVolume): Promise<void> {
  const name = volumeName(scene.managerId, source);
  const labels = { [LABELS.service]: service, [LABELS.volume]: source };
  await makeVolume(scene, { name, labels, user });
}

export interface OwnVolume {
  readonly name: string;
  /** Beside those that say whose it is. */
  readonly labels: Labels;
  /** Who may write to it. */
  readonly user: string;
}

/** Makes a volume of ours, or finds it made. Throws NAME_TAKEN where one of somebody else has the name. */
export async function makeVolume(scene: Scene, { name, labels, user }: OwnVolume): Promise<void> {
  const { engine, managerId, signal } = scene;
  const body = {
    Name: name,
    Labels: { [LABELS.manager]: managerId, [LABELS.name]: name, ...labels },
    Options: toOwnership(user),
  };
  const call = { signal, what: `create volume ${name}`, idempotent: true };
  try {
    await engine.libpod(call, { method: 'POST', path: '/volumes/create', body });
  } catch (error) {
    if (!(error instanceof EngineError) || !error.reason.includes('already exists')) throw error;
    await requireOurs(scene, name);
  }
}

/** The engine would make one that is missing, and an empty one is not what was meant. */
async function requireThere(scene: Scene, name: string): Promise<void> {
  const volume = await inspectVolume(scene, name);
  if (volume === undefined)
    throw new AppError('PROGRAM_FAILED', `There is no volume ${name} on this engine.`, {
      hint: 'make it, or leave `external` out: then the fleet gets one of its own',
    });
  const owner = volume.labels[LABELS.manager];
  if (owner === undefined || owner === scene.managerId) return;
  throw new AppError('NAME_TAKEN', `The volume ${name} belongs to the manager ${owner}.`);
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

/** With its data; one that containers have stays. */
export async function removeUnused({ engine, signal }: Scene, name: string): Promise<void> {
  const call = { signal, what: `remove volume ${name}`, urgency: 'end' } as const;
  try {
    await engine.libpod(call, { method: 'DELETE', path: `/volumes/${name}` });
  } catch (error) {
    const isLeft = error instanceof EngineError && [404, 409].includes(error.status ?? 0);
    if (!isLeft) throw error;
  }
}

export async function inspectVolume(
  { engine, signal }: Scene,
  name: string,
): Promise<EngineVolume | undefined> {
  const call = { signal, what: `look at volume ${name}` };
  const path = `/volumes/${name}/json`;
  return readVolumes([await orAbsent(engine.libpod(call, { method: 'GET', path }))])[0];
}

export interface EngineVolume {
  readonly name: string;
  readonly labels: Labels;
  /** In the engine's words: another one of this name has another. */
  readonly createdAt: string;
}

function readVolumes(answer: unknown): readonly EngineVolume[] {
  if (!Array.isArray(answer)) return [];
  return answer.filter(isVolume).map(({ Name, Labels: labels, CreatedAt }) => ({
    name: Name,
    labels: labels ?? {},
    createdAt: CreatedAt ?? '',
  }));
}

/** Of Podman's VolumeConfigResponse as far as it is read here. */
interface ListedVolume {
  readonly Name: string;
  readonly Labels?: Labels | null;
  readonly CreatedAt?: string;
}

function isVolume(value: unknown): value is ListedVolume {
  return typeof value === 'object' && value !== null && 'Name' in value;
}
