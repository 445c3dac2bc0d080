/** What answers on the socket of a container engine, if anything does. */
export type EngineAnswer =
  | { readonly kind: 'answers'; readonly engine: 'podman' | 'docker' }
  | { readonly kind: 'absent' }
  /** The socket is there, but its owner is another user. */
  | { readonly kind: 'denied' }
  /** The socket is there, but nobody serves it, or not in time. */
  | { readonly kind: 'silent'; readonly cause: string };

/** What an engine says of itself, once: `info` takes it half a second. */
export interface EngineInfo {
  readonly version: string;
  readonly rootless: boolean;
  readonly storageDriver: string;
  /** Folder of its images and volumes. */
  readonly storageFolder: string;
  readonly cgroups: 'v1' | 'v2';
  /** Controllers by which it can limit containers. */
  readonly controllers: readonly string[];
  readonly ociRuntime: string;
  readonly networkBackend: string;
}

/**
 * Whether the walls between services fall when one of them ends, until the next one starts: a fault of
 * netavark on iptables (docs/podman.md), and Podman 4 has no other.
 */
export function losesIsolation({ version, networkBackend }: EngineInfo): boolean {
  return networkBackend === 'netavark' && version.startsWith('4.');
}

/** Programs beside Podman without which something of it does not work. */
export type EngineProgram =
  | 'podman'
  | 'runc'
  | 'netavark'
  | 'aardvark-dns'
  | 'catatonit'
  | 'newuidmap'
  | 'slirp4netns'
  | 'pasta';

/** All that decides whether an engine of this machine can run services. */
export interface EngineFacts {
  readonly userId: number;
  readonly userName: string;
  /** Absent when no engine could be asked, with its words in `infoFailure`. */
  readonly info?: EngineInfo;
  readonly infoFailure?: string;
  readonly programs: ReadonlySet<EngineProgram>;
  readonly hasSystemd: boolean;
  /** Whether the user has numbers of others to give away, in both files. */
  readonly hasSubordinateIds: boolean;
  readonly tunDevice: 'usable' | 'closed' | 'missing';
  /** Controllers of cgroup v2 beside a hierarchy of v1. */
  readonly hybridControllers: readonly string[];
  /** Where the engine keeps its images; absent while that is not known. */
  readonly freeBytes?: number;
}
