import type { ContainerCreateOptions, HostConfig, MountSettings } from 'dockerode';
import { AppError } from '../../errors.ts';
import type { RuntimeStep } from '../../model/plan.ts';
import { expandCommand, programVariables } from '../../model/program.ts';
import type { DesiredService, ServiceSpec } from '../../model/service.ts';
import type { SecretValues } from '../../ports.ts';
import { type Bridged, shieldVariables } from './bridge-program.ts';
import { BRIDGE_FOLDER } from './bridge-files.ts';
import type { EngineFacts } from './engine-facts.ts';
import { toLabels } from './labels.ts';
import { isInternal, networkName } from './networks.ts';
import { toMounts } from './volumes.ts';

export interface ContainerParts {
  readonly managerId: string;
  readonly step: Extract<RuntimeStep, { kind: 'create' }>;
  readonly values: SecretValues;
  readonly facts: EngineFacts;
  /** Before a program that speaks over standard input and output. */
  readonly bridge?: Bridged;
}

/**
 * The body of the call that creates a container; secret values stand in its `Env` and nowhere else.
 * Throws RUNTIME_UNSUPPORTED for what containers cannot run, SECRET_MISSING for a value not given.
 */
export function toContainer({ managerId, step, values, facts, bridge }: ContainerParts) {
  const { service, imageId } = step;
  const { spec } = service;
  const image = refuseUnsupported(service);
  const port = portKey(spec);
  const body: ContainerCreateOptions = {
    Image: imageId ?? image,
    ...toProgram(spec, bridge),
    Env: shield(toVariables(service, values), bridge),
    User: withGroup(spec.user),
    Labels: toLabels(managerId, step, bridge?.version),
    // The image's own would be run by timers beside the checks of the manager.
    Healthcheck: { Test: ['NONE'] },
    ExposedPorts: { [port]: {} },
    StopTimeout: Math.ceil(service.rollout.drainMs / 1_000),
    HostConfig: {
      ...HARDENING,
      ...toLimits(spec, facts),
      NetworkMode: networkName(managerId, service),
      ...(isPublished(spec, facts) && { PortBindings: { [port]: [ANY_LOOPBACK_PORT] } }),
      Mounts: [...toMounts(managerId, spec.volumes), ...toBridgeMount(bridge)],
    },
  };
  return body;
}

/** Temporary files: enough for a program, and counted to its memory. */
const SCRATCH = 'rw,nosuid,nodev,size=64m,mode=1777';

const HARDENING: HostConfig = {
  CapDrop: ['ALL'],
  SecurityOpt: ['no-new-privileges'],
  ReadonlyRootfs: true,
  // All that Podman adds by itself to a read-only root, with a bound each.
  Tmpfs: { '/tmp': SCRATCH, '/var/tmp': SCRATCH, '/run': SCRATCH },
  // Without it a program that does not ask for SIGTERM never gets it.
  Init: true,
  IpcMode: 'private',
  // The manager restarts, with back-off; Podman has none.
  RestartPolicy: { Name: 'no' },
  LogConfig: { Type: 'json-file', Config: { 'max-size': '10m' } },
};

/** The kernel chooses; the port stays the container's own over stops and starts. */
const ANY_LOOPBACK_PORT = { HostIp: '127.0.0.1', HostPort: '' };

/** A published port of an internal network hangs where the host reaches the container by its address. */
export function isPublished(spec: ServiceSpec, { rootless }: EngineFacts): boolean {
  return !isInternal(spec) || rootless;
}

function portKey({ port }: ServiceSpec): string {
  return `${port}/tcp`;
}

function refuseUnsupported({ name, spec }: DesiredService): string {
  if (spec.image === undefined)
    throw new AppError('RUNTIME_UNSUPPORTED', `${name} has no image, and containers need one.`, {
      hint: 'give it an `image`, or run its command with BACKEND_ENVIRONMENT=process',
    });
  return spec.image;
}

function toProgram(
  { command, port }: ServiceSpec,
  bridge: Bridged | undefined,
): Pick<ContainerCreateOptions, 'Entrypoint' | 'Cmd'> {
  if (bridge) return { Entrypoint: [...bridge.entrypoint], Cmd: [...bridge.command] };
  return command === undefined ? {} : { Cmd: expandCommand(command, port) };
}

function toBridgeMount(bridge: Bridged | undefined): MountSettings[] {
  if (bridge === undefined) return [];
  return [{ Type: 'volume', Source: bridge.volume, Target: BRIDGE_FOLDER, ReadOnly: true }];
}

function shield(variables: string[], bridge: Bridged | undefined): string[] {
  return bridge === undefined ? variables : shieldVariables(variables, bridge.imageEnv);
}

function toVariables(service: DesiredService, values: SecretValues): string[] {
  const { name, spec } = service;
  const told = programVariables(service, spec.port);
  const own = Object.entries(spec.env).filter(([key]) => told[key] === undefined);
  const resolved = own.map(([key, value]) => {
    const clear = typeof value === 'string' ? value : values.get(value.secret);
    if (clear !== undefined) return `${key}=${clear}`;
    throw new AppError('SECRET_MISSING', `No value was given for the secret ${key} of ${name}.`);
  });
  return [...resolved, ...Object.entries(told).map(([key, value]) => `${key}=${value}`)];
}

/** A number alone would be in the group of root. */
function withGroup(user: string): string {
  return /^\d+$/.test(user) ? `${user}:${user}` : user;
}

/** Only what this engine can hold: it refuses, or ignores with a warning, what it cannot. */
function toLimits({ resources }: ServiceSpec, { held }: EngineFacts): HostConfig {
  const { memoryBytes, cpu, pids } = resources;
  return {
    ...(held.memory && { Memory: memoryBytes, MemorySwap: memoryBytes }),
    ...(held.cpu && { NanoCpus: Math.round(cpu * 1e9) }),
    ...(held.pids && { PidsLimit: pids }),
  };
}
