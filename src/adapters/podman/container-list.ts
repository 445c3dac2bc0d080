import type { Labels, OwnFacts } from './labels.ts';

/** One container as Podman's list has it. Its times are whole seconds, so they only tell one state from the next. */
export interface ContainerEntry {
  readonly id: string;
  readonly name: string;
  readonly imageId: string;
  readonly labels: Labels;
  /** What it runs, the entry point first. */
  readonly command: readonly string[];
  /** Podman's own word: `running`, `exited`, `stopping` … */
  readonly state: string;
  readonly pid: number;
  readonly startedAtS: number;
  readonly exitedAtS: number;
  readonly networks: readonly string[];
  readonly ports: readonly PublishedPort[];
}

/** A container of ours with what its labels say. */
export interface OwnedEntry {
  readonly entry: ContainerEntry;
  readonly labels: OwnFacts;
}

export interface PublishedPort {
  readonly containerPort: number;
  readonly hostPort: number;
  /** Of the host; empty for all of its addresses. */
  readonly hostIp: string;
}

/** The containers of a list, or an Error for what is no whole list: half of one must not read as all. */
export function readContainerList(answer: unknown): readonly ContainerEntry[] {
  if (!Array.isArray(answer)) throw new Error('the engine answered no list of containers');
  return answer.map((value: unknown) => {
    if (isListed(value)) return toEntry(value);
    throw new Error('the list of containers has an entry without id and name');
  });
}

/** Of Podman's ListContainer as far as it is read here. */
interface ListedContainer {
  readonly Id: string;
  readonly Names: readonly [string, ...string[]];
  readonly ImageID?: string;
  readonly Labels?: Labels | null;
  readonly Command?: readonly string[] | null;
  readonly State?: string;
  readonly Pid?: number;
  readonly StartedAt?: number;
  readonly ExitedAt?: number;
  readonly Networks?: readonly string[] | null;
  readonly Ports?:
    | readonly {
        readonly container_port: number;
        readonly host_port: number;
        readonly host_ip?: string;
      }[]
    | null;
}

function isListed(value: unknown): value is ListedContainer {
  if (typeof value !== 'object' || value === null || !('Id' in value)) return false;
  if (typeof value.Id !== 'string' || !('Names' in value)) return false;
  return Array.isArray(value.Names) && typeof value.Names[0] === 'string';
}

function toEntry(listed: ListedContainer): ContainerEntry {
  return {
    id: listed.Id,
    name: listed.Names[0],
    imageId: listed.ImageID ?? '',
    labels: listed.Labels ?? {},
    command: listed.Command ?? [],
    state: listed.State ?? 'unknown',
    pid: listed.Pid ?? 0,
    startedAtS: listed.StartedAt ?? 0,
    exitedAtS: listed.ExitedAt ?? 0,
    networks: listed.Networks ?? [],
    ports: (listed.Ports ?? []).map((port) => ({
      containerPort: port.container_port,
      hostPort: port.host_port,
      hostIp: port.host_ip ?? '',
    })),
  };
}
