import type { ContainerFacts } from '../../model/container.ts';
import type { Resources, Volume } from '../../model/service.ts';
import { findLosses } from './container-losses.ts';
import type {
  EngineContainer,
  EngineHostConfig,
  EngineImage,
  EngineMount,
  InspectedForeign,
} from './engine-container.ts';
import { isOurs, LABELS } from './labels.ts';
import { volumeSource } from './volumes.ts';

/** What a document could say of a container, and what it could not. Pure. */
export function toContainerFacts(
  managerId: string,
  { container, image, isInternal, userId }: InspectedForeign,
): ContainerFacts {
  const { Id: id, Name: name, Config: config, State: state, HostConfig: host } = container;
  const labels = config.Labels ?? {};
  const owner = labels[LABELS.manager];
  const command = config.Cmd ?? [];
  const isImages = sameList(command, image.Config?.Cmd ?? []);
  const reference = toReference(container, image);
  return {
    id,
    name,
    running: state.Status === 'running',
    ...(owner !== undefined && { owner }),
    ours: isOurs(managerId, name, labels),
    image: reference ?? '',
    ...(!isImages && command.length > 0 && { command }),
    env: toOwnVariables(config.Env ?? [], image.Config?.Env ?? []),
    user: userId ?? toUser(config.User),
    ports: toPorts(container, image),
    volumes: (container.Mounts ?? []).flatMap((mount) => toVolume(managerId, mount)),
    resources: toResources(host),
    egress: isInternal ? 'none' : 'all',
    forbidden: [
      ...(reference === undefined ? ['its image has no name any more'] : []),
      ...(isImagesEntry(container, image) ? [] : ['it has an entry point of its own']),
      ...findForbidden(host, container),
    ],
    lost: findLosses(container, image),
  };
}

/** An id is no reference: nothing could be pulled by it. */
function toReference({ ImageName: name = '' }: EngineContainer, { RepoTags: tags }: EngineImage) {
  return /^(sha256:)?[0-9a-f]{64}$/.test(name) || name === '' ? tags?.[0] : name;
}

function isImagesEntry({ Config: { Entrypoint: entry } }: EngineContainer, image: EngineImage) {
  const own = typeof entry === 'string' ? entry : (entry ?? []).join(' ');
  return own === (image.Config?.Entrypoint ?? []).join(' ');
}

/** Podman gives these to every container. */
const ENGINE_VARIABLES = new Set(['container', 'HOME', 'HOSTNAME', 'TERM']);
const ENGINE_PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

function toOwnVariables(
  env: readonly string[],
  fromImage: readonly string[],
): Readonly<Record<string, string>> {
  const known = new Set([...fromImage, ENGINE_PATH]);
  const own = env.filter((line) => !known.has(line)).map(splitVariable);
  return Object.fromEntries(own.filter(([name]) => !ENGINE_VARIABLES.has(name)));
}

function splitVariable(line: string): [string, string] {
  const at = line.indexOf('=');
  return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)];
}

function toUser(user: string | undefined): string {
  return user === undefined || user === '' ? '0' : user;
}

function toPorts(container: EngineContainer, image: EngineImage): readonly number[] {
  const keys = [
    ...Object.keys(container.Config.ExposedPorts ?? {}),
    ...Object.keys(image.Config?.ExposedPorts ?? {}),
    ...Object.keys(container.NetworkSettings?.Ports ?? {}),
  ];
  const ports = keys.flatMap((key) => {
    const [port = '', protocol = 'tcp'] = key.split('/');
    return protocol === 'tcp' && /^\d+$/.test(port) ? [Number(port)] : [];
  });
  return [...new Set(ports)].toSorted((a, b) => a - b);
}

/** Temporary file systems are no volumes: instances have their own. */
function toVolume(
  managerId: string,
  { Type: type, Name: name, Source, Destination, RW }: EngineMount,
): readonly Volume[] {
  const base = { destination: Destination, readOnly: RW === false };
  if (type === 'volume' && name !== undefined) {
    const own = volumeSource(managerId, name);
    return [
      own === undefined ? { source: name, ...base, external: true } : { source: own, ...base },
    ];
  }
  return type === 'bind' && Source !== undefined ? [{ source: Source, ...base }] : [];
}

function toResources({ Memory, NanoCpus, PidsLimit }: EngineHostConfig): Partial<Resources> {
  return {
    ...(isSet(Memory) && { memoryBytes: Memory }),
    ...(isSet(NanoCpus) && { cpu: NanoCpus / 1e9 }),
    ...(isSet(PidsLimit) && { pids: PidsLimit }),
  };
}

function isSet(limit: number | undefined): limit is number {
  return limit !== undefined && limit > 0;
}

/** What takes down a wall between a container and the host, or its neighbours. */
function findForbidden(host: EngineHostConfig, { Mounts }: EngineContainer): readonly string[] {
  const shared = [
    ...(isShared(host.NetworkMode)
      ? [`its network is that of the ${ofWhom(host.NetworkMode)}`]
      : []),
    ...(host.NetworkMode === 'none' ? ['it has no network, so nothing can reach it'] : []),
    ...(isShared(host.PidMode) ? [`it sees the processes of the ${ofWhom(host.PidMode)}`] : []),
    ...(isShared(host.IpcMode) ? [`it shares memory with the ${ofWhom(host.IpcMode)}`] : []),
    ...(host.UTSMode === 'host' ? ['it can change the name of the host'] : []),
  ];
  const opened = (host.SecurityOpt ?? []).filter((option) =>
    /unconfined|disable|unmask/.test(option),
  );
  return [
    ...(host.Privileged === true ? ['it is privileged'] : []),
    ...shared,
    ...((host.CapAdd ?? []).length > 0
      ? [`it has added capabilities (${host.CapAdd?.join(', ')})`]
      : []),
    ...opened.map((option) => `it runs with ${option}`),
    ...(host.Devices ?? []).map(({ PathOnHost }) => `it has the device ${PathOnHost}`),
    ...(Mounts ?? [])
      .filter(({ Type }) => !MOUNTS.has(Type))
      .map(({ Type, Destination }) => `it has a mount of type ${Type} at ${Destination}`),
  ];
}

const MOUNTS = new Set(['volume', 'bind', 'tmpfs']);

function isShared(mode = ''): boolean {
  return mode === 'host' || mode.startsWith('container:') || mode.startsWith('ns:');
}

function ofWhom(mode = ''): string {
  return mode === 'host' ? 'host' : 'other container';
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}
