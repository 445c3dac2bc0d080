import { unshieldedName } from './bridge-program.ts';
import type { Engine } from './engine.ts';
import { orAbsent } from './engine-error.ts';
import type { Labels } from './labels.ts';

/** What only looking at one container tells. Nothing of its environment: that has secret values. */
export interface Inspection {
  readonly id: string;
  readonly name: string;
  readonly labels: Labels;
  readonly status: string;
  readonly pid: number;
  readonly exitCode: number;
  readonly startedAtMs?: number;
  readonly finishedAtMs?: number;
  /** By network name, those that have one. */
  readonly addresses: Readonly<Record<string, string>>;
  /** Below the roots of the host's cgroup controllers, while it runs. */
  readonly cgroupPath: string;
}

export interface InspectCall {
  readonly engine: Engine;
  readonly signal: AbortSignal;
}

/** Looks at one container by id or name; undefined when it is gone. */
export async function inspectContainer(
  { engine, signal }: InspectCall,
  idOrName: string,
): Promise<Inspection | undefined> {
  const call = { signal, what: `look at ${idOrName}`, urgency: 'look' } as const;
  const path = `/containers/${encodeURIComponent(idOrName)}/json`;
  return orAbsent(engine.libpod(call, { method: 'GET', path }).then(readInspection));
}

/** The environment that the program of one container gets: it has secret values, and is read to hide them. */
export async function readEnvironment(
  { engine, signal }: InspectCall,
  id: string,
): Promise<Readonly<Record<string, string>>> {
  const call = { signal, what: `look at ${id}`, urgency: 'look' } as const;
  const answer = await engine.libpod(call, { method: 'GET', path: `/containers/${id}/json` });
  const { Config: config } = isInspected(answer) ? answer : {};
  return Object.fromEntries(
    (config?.Env ?? []).map((line) => {
      const [key = '', ...rest] = line.split('=');
      return [unshieldedName(key), rest.join('=')];
    }),
  );
}

/** Throws an Error for what is no inspection. */
function readInspection(answer: unknown): Inspection {
  if (!isInspected(answer)) throw new Error('the engine answered no inspection of a container');
  const { Id: id, Name: name, Config: config, State: state, NetworkSettings: settings } = answer;
  const startedAtMs = toMs(state.StartedAt);
  const finishedAtMs = toMs(state.FinishedAt);
  const addresses = Object.entries(settings?.Networks ?? {}).flatMap(([network, { IPAddress }]) =>
    IPAddress === undefined || IPAddress === '' ? [] : [[network, IPAddress]],
  );
  return {
    id,
    name,
    labels: config?.Labels ?? {},
    status: state.Status ?? 'unknown',
    pid: state.Pid ?? 0,
    exitCode: state.ExitCode ?? 0,
    ...(startedAtMs !== undefined && { startedAtMs }),
    ...(finishedAtMs !== undefined && { finishedAtMs }),
    addresses: Object.fromEntries(addresses),
    cgroupPath: state.CgroupPath ?? '',
  };
}

/** Of Podman's InspectContainerData as far as it is read here. */
interface InspectedContainer {
  readonly Id: string;
  readonly Name: string;
  readonly Config?: { readonly Labels?: Labels | null; readonly Env?: readonly string[] | null };
  readonly State: {
    readonly Status?: string;
    readonly Pid?: number;
    readonly ExitCode?: number;
    readonly StartedAt?: string;
    readonly FinishedAt?: string;
    readonly CgroupPath?: string;
  };
  readonly NetworkSettings?: {
    readonly Networks?: Readonly<Record<string, { readonly IPAddress?: string }>> | null;
  };
}

function isInspected(value: unknown): value is InspectedContainer {
  return (
    typeof value === 'object' &&
    value !== null &&
    'Id' in value &&
    'Name' in value &&
    'State' in value &&
    typeof value.State === 'object' &&
    value.State !== null
  );
}

/** Podman writes the year 1 for "never". */
function toMs(time: string | undefined): number | undefined {
  const ms = Date.parse(time ?? '');
  return Number.isNaN(ms) || ms <= 0 ? undefined : ms;
}
