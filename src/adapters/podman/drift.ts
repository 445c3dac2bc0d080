import type { FieldDrift } from '../../model/instance.ts';
import { expandCommand } from '../../model/program.ts';
import { redactCommand } from '../../model/redact.ts';
import type { ServiceSpec } from '../../model/service.ts';
import type { ContainerMemory } from './container-memory.ts';
import { type EngineFacts, type Limit, LIMITS } from './engine-facts.ts';
import type { Inspection } from './inspection.ts';
import { LABELS } from './labels.ts';
import { readLimitsInForce } from './limits-in-force.ts';
import { isInternal, networkName } from './networks.ts';
import type { OwnedEntry } from './container-list.ts';
import type { Scene } from './scene.ts';
import type { Surroundings } from './surroundings.ts';
import { isPublished } from './to-container.ts';
import { withAlgorithm } from './to-instance.ts';
import { volumeNames } from './volumes.ts';

export interface FoundContainer extends OwnedEntry {
  readonly inspection?: Inspection;
}

export interface DriftQuestion {
  readonly containers: readonly FoundContainer[];
  readonly memory: ContainerMemory;
  readonly facts: EngineFacts;
  /** There when also that is asked for which the list of containers does not show. */
  readonly surroundings: Surroundings | undefined;
}

/** What drifted, by container id: compares what is with what the labels say was made, never with the request. */
export async function findDrift(
  scene: Scene,
  { containers, memory, facts, surroundings }: DriftQuestion,
): Promise<(id: string) => readonly FieldDrift[]> {
  const around = surroundings && toExpected(surroundings);
  const found = new Map<string, readonly FieldDrift[]>();
  for (const container of containers) {
    const { spec } = container.labels;
    if (spec === undefined) continue;
    const place = { managerId: scene.managerId, container, spec, around, facts };
    const drift = [networkDrift, imageDrift, commandDrift, publicationDrift, volumeDrift].flatMap(
      (find) => find(place),
    );
    if (memory.hasLostPort(container.entry.id)) drift.push(portDrift(container));
    if (surroundings) drift.push(...(await limitDrift(place, facts)));
    found.set(container.entry.id, drift);
  }
  return (id) => found.get(id) ?? [];
}

/** Names of networks and volumes of ours that there are, as they should be. */
interface Around {
  /** Whether each is internal. */
  readonly networks: ReadonlyMap<string, boolean>;
  readonly volumes: ReadonlySet<string>;
}

function toExpected({ networks, volumes }: Surroundings): Around {
  const isolated = networks.filter((network) => network.isolated);
  return {
    networks: new Map(isolated.map(({ name, internal }) => [name, internal])),
    volumes: new Set(volumes.map(({ name }) => name)),
  };
}

interface Place {
  readonly managerId: string;
  readonly container: FoundContainer;
  readonly spec: ServiceSpec;
  readonly around: Around | undefined;
  readonly facts: EngineFacts;
}

function networkDrift({ managerId, container, spec, around }: Place): FieldDrift[] {
  const { entry, labels } = container;
  const expected = networkName(managerId, { name: labels.service, spec });
  // In a second one it would have neighbours.
  if (entry.networks.join() !== expected)
    return [{ path: 'network', expected, actual: entry.networks.join(', ') || 'none' }];
  if (around === undefined) return [];
  const leadsNowhere = around.networks.get(expected);
  if (leadsNowhere === undefined) return [{ path: 'network', expected, actual: 'removed' }];
  if (leadsNowhere === isInternal(spec)) return [];
  const actual = leadsNowhere ? 'made anew without a way out' : 'made anew with a way out';
  return [{ path: 'network', expected, actual }];
}

/** Such a container can never start again: its port is part of it. */
function portDrift({ entry }: FoundContainer): FieldDrift {
  const expected = `127.0.0.1:${entry.ports[0]?.hostPort ?? 'unknown'}`;
  return { path: 'port', expected, actual: 'taken by another program' };
}

/** Somebody put another container in its place, with its name and its labels. */
function imageDrift({ container: { entry } }: Place): FieldDrift[] {
  const expected = entry.labels[LABELS.image];
  const actual = withAlgorithm(entry.imageId);
  return expected === undefined || expected === actual ? [] : [{ path: 'image', expected, actual }];
}

/** What the other one runs is not told: nobody knows what stands in its arguments. */
function commandDrift({ container: { entry }, spec }: Place): FieldDrift[] {
  const command = spec.command && expandCommand(spec.command, spec.port);
  // After the entry point of the image, where it has one.
  const isOwn = command?.every((part, index) => entry.command.at(index - command.length) === part);
  if (command === undefined || isOwn) return [];
  const expected = redactCommand(command).join(' ');
  return [{ path: 'command', expected, actual: 'another command' }];
}

function publicationDrift({ container: { entry }, spec, facts }: Place): FieldDrift[] {
  const isThere = entry.ports.some(({ containerPort }) => containerPort === spec.port);
  if (isThere || !isPublished(spec, facts)) return [];
  return [{ path: 'port', expected: `${spec.port} on 127.0.0.1`, actual: 'not published' }];
}

function volumeDrift({ managerId, spec, around }: Place): FieldDrift[] {
  if (around === undefined) return [];
  return volumeNames(managerId, spec)
    .filter((name) => !around.volumes.has(name))
    .map((expected) => ({ path: 'volumes', expected, actual: 'removed' }));
}

const FIELDS = { memory: 'memoryBytes', cpu: 'cpu', pids: 'pids' } as const;

/** Only limits that the engine can hold, and only where they can be seen. */
async function limitDrift(
  { container: { inspection }, spec }: Place,
  { held }: EngineFacts,
): Promise<FieldDrift[]> {
  if (inspection?.status !== 'running') return [];
  const inForce = await readLimitsInForce(inspection.cgroupPath);
  return LIMITS.flatMap((limit) => {
    const field = FIELDS[limit];
    const [expected, actual] = [spec.resources[field], inForce[field]];
    if (!held[limit] || actual === undefined || isSame(limit, expected, actual)) return [];
    return [{ path: `resources.${field}`, expected: String(expected), actual: toText(actual) }];
  });
}

const PAGE_BYTES = 4_096;
const CPU_STEP = 1e-4;

/** The kernel counts memory in pages and CPU in microseconds. */
function isSame(limit: Limit, expected: number, actual: number): boolean {
  const step = { memory: PAGE_BYTES, cpu: CPU_STEP, pids: 1 }[limit];
  return Math.abs(expected - actual) < step;
}

/** Without a limit the kernel of cgroup v1 tells the largest number that it has. */
function toText(value: number): string {
  return value > Number.MAX_SAFE_INTEGER ? 'none' : String(value);
}
