import type { Labels } from './labels.ts';

/** What the engine tells of one container, of its image and its networks, as far as it is read here. */
export interface InspectedForeign {
  readonly container: EngineContainer;
  readonly image: EngineImage;
  /** None of its networks leads out. */
  readonly isInternal: boolean;
  /** The number of a user that is given by name, where it could be found out. */
  readonly userId?: string;
}

/** Of Podman's InspectContainerData. */
export interface EngineContainer {
  readonly Id: string;
  readonly Name: string;
  readonly ImageName?: string;
  readonly Config: {
    readonly User?: string;
    readonly Env?: readonly string[] | null;
    readonly Cmd?: readonly string[] | null;
    /** One text in Podman 4, a list later. */
    readonly Entrypoint?: string | readonly string[] | null;
    readonly WorkingDir?: string;
    readonly Labels?: Labels | null;
    readonly ExposedPorts?: Readonly<Record<string, unknown>> | null;
    readonly Secrets?: readonly { readonly Name?: string }[] | null;
  };
  readonly State: { readonly Status?: string };
  readonly Mounts?: readonly EngineMount[] | null;
  readonly HostConfig: EngineHostConfig;
  readonly NetworkSettings?: {
    readonly Ports?: Readonly<Record<string, readonly EnginePort[] | null>> | null;
    readonly Networks?: Readonly<Record<string, unknown>> | null;
  };
}

export interface EngineMount {
  readonly Type: string;
  readonly Name?: string;
  readonly Source?: string;
  readonly Destination: string;
  readonly RW?: boolean;
}

export interface EngineHostConfig {
  readonly NetworkMode?: string;
  readonly PidMode?: string;
  readonly IpcMode?: string;
  readonly UTSMode?: string;
  readonly Privileged?: boolean;
  readonly CapAdd?: readonly string[] | null;
  readonly SecurityOpt?: readonly string[] | null;
  readonly Devices?: readonly { readonly PathOnHost?: string }[] | null;
  readonly RestartPolicy?: { readonly Name?: string };
  readonly ReadonlyRootfs?: boolean;
  readonly Memory?: number;
  readonly NanoCpus?: number;
  readonly PidsLimit?: number;
}

/** Of Podman's ImageData. */
export interface EngineImage {
  readonly RepoTags?: readonly string[] | null;
  readonly Config?: {
    readonly User?: string;
    readonly Env?: readonly string[] | null;
    readonly Cmd?: readonly string[] | null;
    readonly Entrypoint?: readonly string[] | null;
    readonly WorkingDir?: string;
    readonly ExposedPorts?: Readonly<Record<string, unknown>> | null;
  };
}

/** Where a port inside is published; no address stands for all of them. */
interface EnginePort {
  readonly HostIp?: string;
  readonly HostPort?: string;
}
