import { isProcessIdentity, type ProcessIdentity } from '../../process-identity.ts';
import type { Engine } from './engine.ts';
import { EngineError } from './engine-error.ts';

/** Not the label of what services own: a look for those must not find these. */
const LEASE = 'mcp-manager.io/lease';
const HOLDER = 'mcp-manager.io/lease-holder';
const RENEWED = 'mcp-manager.io/lease-renewed';

/** Who holds the lease, for people and for whoever wants to know whether it still lives. */
export interface MarkerHolder {
  /** One holding: not the same twice. */
  readonly token: string;
  /** Absent where the system cannot name a process for good. */
  readonly process?: ProcessIdentity;
  readonly pid: number;
  readonly host: string;
  /** The command: `run`, `apply`. */
  readonly what: string;
  readonly stateFolder: string;
  readonly startedAtMs: number;
}

/** One volume of the chain that says who writes for a manager id. */
export interface Marker {
  readonly volume: string;
  readonly number: number;
  readonly renewedAtMs: number;
  /** Absent where the label cannot be read. */
  readonly holder?: MarkerHolder;
}

/** The chain of one manager id. All throw EngineError, or TIMED_OUT with their signal. */
export interface Markers {
  /** The volume of a number. */
  nameOf(number: number): string;
  /** In the order of their numbers. */
  list(signal: AbortSignal): Promise<readonly Marker[]>;
  /** Makes the one with this number unless there is one already: whose it is, a list tells. */
  create(
    number: number,
    marker: Omit<Marker, 'volume' | 'number'>,
    signal: AbortSignal,
  ): Promise<void>;
  /** One that is gone is success. */
  remove(volume: string, signal: AbortSignal): Promise<void>;
}

export function createMarkers(engine: Engine, managerId: string): Markers {
  const prefix = `mcp-manager-lease-${managerId}-`;
  const nameOf = (number: number): string => `${prefix}${number}`;
  return {
    nameOf,
    async list(signal) {
      const filters = JSON.stringify({ label: [`${LEASE}=${managerId}`] });
      const { Volumes } = await engine.docker(
        { signal, what: 'look who manages this fleet', urgency: 'look', idempotent: true },
        (docker, abortSignal) => docker.listVolumes(toOptions(abortSignal, { query: { filters } })),
      );
      const markers = (Volumes ?? []).map(({ Name, Labels }) => toMarker(prefix, Name, Labels));
      return markers
        .filter((marker) => marker !== undefined)
        .toSorted((a, b) => a.number - b.number);
    },
    async create(number, { holder, renewedAtMs }, signal) {
      const Labels = {
        [LEASE]: managerId,
        [HOLDER]: JSON.stringify(holder),
        [RENEWED]: new Date(renewedAtMs).toISOString(),
      };
      const body = { Name: nameOf(number), Labels };
      const what = 'take the lease of this fleet';
      await unless(isThere, () =>
        engine.docker({ signal, what, urgency: 'look', idempotent: true }, (docker, abortSignal) =>
          settle(docker.createVolume(toOptions(abortSignal, { body }))),
        ),
      );
    },
    async remove(volume, signal) {
      const what = `remove the marker ${volume}`;
      await unless(isGone, () =>
        engine.docker({ signal, what, urgency: 'look', idempotent: true }, (docker, abortSignal) =>
          settle(docker.getVolume(volume).remove(toOptions(abortSignal))),
        ),
      );
    },
  };
}

/** One that exists is answered as if it had just been made, but not when two are made at once. */
function isThere({ reason }: EngineError): boolean {
  return reason === 'volume already exists';
}

function isGone({ status }: EngineError): boolean {
  return status === 404;
}

async function unless(
  isFine: (error: EngineError) => boolean,
  call: () => Promise<void>,
): Promise<void> {
  try {
    await call();
  } catch (error) {
    if (!(error instanceof EngineError && isFine(error))) throw error;
  }
}

function toOptions(
  abortSignal: AbortSignal,
  { query = {}, body = {} }: { readonly query?: object; readonly body?: object } = {},
): { abortSignal: AbortSignal } {
  return Object.assign({ _query: query, _body: body }, { abortSignal });
}

/** The library's types know options only beside a callback, and then no promise. */
async function settle(answer: unknown): Promise<void> {
  await answer;
}

/** Undefined for a volume that has the label and not the name: no marker. */
function toMarker(
  prefix: string,
  volume: string,
  labels: Readonly<Record<string, string>>,
): Marker | undefined {
  const number = Number(volume.slice(prefix.length));
  if (!volume.startsWith(prefix) || !Number.isSafeInteger(number) || number <= 0) return undefined;
  const renewedAtMs = Date.parse(labels[RENEWED] ?? '') || 0;
  const holder = readHolder(labels[HOLDER] ?? '');
  return { volume, number, renewedAtMs, ...(holder !== undefined && { holder }) };
}

function readHolder(text: string): MarkerHolder | undefined {
  try {
    const holder: unknown = JSON.parse(text);
    return isHolder(holder) ? holder : undefined;
  } catch {
    return undefined;
  }
}

function isHolder(value: unknown): value is MarkerHolder {
  if (typeof value !== 'object' || value === null) return false;
  const fields = new Map(Object.entries(value));
  const process: unknown = fields.get('process');
  return (
    ['token', 'host', 'what', 'stateFolder'].every(
      (name) => typeof fields.get(name) === 'string',
    ) &&
    ['pid', 'startedAtMs'].every((name) => typeof fields.get(name) === 'number') &&
    (process === undefined || isProcessIdentity(process))
  );
}
