import { AppError } from '../../errors.ts';
import { digestOf } from '../../model/canonical.ts';
import type { DesiredService } from '../../model/service.ts';
import type { Urgency } from './call-slots.ts';
import { EngineError, orAbsent } from './engine-error.ts';
import { isOurs, LABELS, type Labels } from './labels.ts';
import type { Scene } from './scene.ts';

/** What of a service decides which network it has. */
export type Networked = Pick<DesiredService, 'name'> & {
  readonly spec: Pick<DesiredService['spec'], 'network'>;
};

/** `mcp-<service>-<8 hex>`: a service of another manager, or with other settings, has its own. */
export function networkName(managerId: string, { name, spec }: Networked): string {
  return `mcp-${name}-${digestOf({ managerId, ...spec.network }, 8)}`;
}

/** Whether nothing leads out of the network of such a service. */
export function isInternal({ network }: Networked['spec']): boolean {
  return network.egress === 'none';
}

/** Linux: `IFNAMSIZ` without its final zero. */
const LONGEST_INTERFACE = 15;

/** The body of the call that creates it; without subnets the engine chooses one. */
type NetworkBody = ReturnType<typeof toNetwork> & { readonly subnets?: readonly Subnet[] };

function toNetwork(managerId: string, service: Networked) {
  const name = networkName(managerId, service);
  return {
    name,
    driver: 'bridge',
    // Left to itself an engine takes the next `podmanN` that it does not see, as another one may do.
    network_interface: `mcp${digestOf({ name }, LONGEST_INTERFACE - 3)}`,
    internal: isInternal(service.spec),
    dns_enabled: true,
    // Without it services reach each other by their addresses.
    options: { isolate: 'true' },
    labels: {
      [LABELS.manager]: managerId,
      [LABELS.service]: service.name,
      [LABELS.name]: name,
    },
  };
}

/**
 * Makes the network of a service unless it is there, also in the place of one that somebody made with
 * other settings. Throws NAME_TAKEN when it is somebody else's, or such a one is in use.
 */
export async function ensureNetwork(scene: Scene, service: Networked): Promise<void> {
  const body = toNetwork(scene.managerId, service);
  const network = (await createNetwork(scene, body)) ?? (await takeOver(scene, body));
  if (body.internal && network.answersNames) await silenceNames(scene, body, network);
}

/**
 * The engine's name server asks the world also for an internal network, so a service without egress
 * could tell it anything. Made without one, an internal network has no address of the host, unless it is
 * given: the one that the engine chose first.
 */
async function silenceNames(
  scene: Scene,
  body: NetworkBody,
  { subnets }: EngineNetwork,
): Promise<void> {
  await removeUnused(scene, body.name);
  await createNetwork(scene, { ...body, dns_enabled: false, subnets });
}

/** Undefined when there is one of that name. */
async function createNetwork(
  { engine, signal }: Scene,
  body: NetworkBody,
): Promise<EngineNetwork | undefined> {
  const call = { signal, what: `create network ${body.name}`, idempotent: true };
  try {
    const answer = await engine.libpod(call, { method: 'POST', path: '/networks/create', body });
    return readNetworks([answer])[0];
  } catch (error) {
    if (error instanceof EngineError && error.status === 409) return undefined;
    throw error;
  }
}

/**
 * Removes the networks of a service that no container uses. By name: by id the engine removes them
 * under running containers too.
 */
export async function removeNetworks(scene: Scene, service: string): Promise<void> {
  const listed = await listBy(scene, {
    what: `list networks of ${service}`,
    urgency: 'end',
    labels: [`${LABELS.service}=${service}`],
  });
  const ours = listed.filter(({ name, labels }) => isOurs(scene.managerId, name, labels));
  await Promise.all(ours.map(({ name }) => removeUnused(scene, name)));
}

/** Removes one network of ours, unless a container uses it. */
export async function pruneNetwork(scene: Scene, name: string): Promise<void> {
  const network = await inspectNetwork(scene, name);
  const ours = network !== undefined && isOurs(scene.managerId, network.name, network.labels);
  if (ours) await removeUnused(scene, name);
}

/** The networks of this manager. */
export function listNetworks(scene: Scene): Promise<readonly EngineNetwork[]> {
  return listBy(scene, { what: 'list networks', urgency: 'look', labels: [] });
}

/** Of the networks of all services of all managers (`10.89.3.0/24`): none of them is to call an API without a token. */
export async function listServiceSubnets({ engine, signal }: Scene): Promise<readonly string[]> {
  const listed = await engine.libpod(
    { signal, what: 'list networks of services', urgency: 'look' },
    { method: 'GET', path: '/networks/json', query: { filters: { label: [LABELS.manager] } } },
  );
  return readNetworks(listed).flatMap(({ subnets }) => subnets.map(({ subnet }) => subnet));
}

interface NetworkQuestion {
  readonly what: string;
  readonly urgency: Urgency;
  /** Beside that of the manager. */
  readonly labels: readonly string[];
}

async function listBy(
  { engine, managerId, signal }: Scene,
  { what, urgency, labels }: NetworkQuestion,
): Promise<readonly EngineNetwork[]> {
  const label = [`${LABELS.manager}=${managerId}`, ...labels];
  const listed = await engine.libpod(
    { signal, what, urgency },
    { method: 'GET', path: '/networks/json', query: { filters: { label } } },
  );
  return readNetworks(listed);
}

async function removeUnused({ engine, signal }: Scene, name: string): Promise<void> {
  const call = { signal, what: `remove network ${name}`, urgency: 'end' } as const;
  try {
    await engine.libpod(call, { method: 'DELETE', path: `/networks/${name}` });
  } catch (error) {
    const isLeft = error instanceof EngineError && /being used|not found/.test(error.reason);
    if (!isLeft) throw error;
  }
}

/** The network that is there; one that would let in or out what this one must not is made anew. */
async function takeOver(scene: Scene, body: NetworkBody): Promise<EngineNetwork> {
  const { name, internal } = body;
  const present = await requireOurs(scene, name);
  if (present.isolated && present.internal === internal) return present;
  await removeUnused(scene, name);
  const made = await createNetwork(scene, body);
  if (made !== undefined) return made;
  throw new AppError('NAME_TAKEN', `The network ${name} has other settings than we gave it.`, {
    hint: `stop what uses it, then remove it: \`podman network rm ${name}\``,
  });
}

async function requireOurs(scene: Scene, name: string): Promise<EngineNetwork> {
  const network = await inspectNetwork(scene, name);
  if (network !== undefined && isOurs(scene.managerId, network.name, network.labels))
    return network;
  throw new AppError('NAME_TAKEN', `The network ${name} belongs to somebody else.`, {
    hint: `remove or rename it: \`podman network rm ${name}\``,
  });
}

async function inspectNetwork(
  { engine, signal }: Scene,
  name: string,
): Promise<EngineNetwork | undefined> {
  const call = { signal, what: `look at network ${name}` };
  const path = `/networks/${name}/json`;
  return readNetworks([await orAbsent(engine.libpod(call, { method: 'GET', path }))])[0];
}

export interface EngineNetwork {
  readonly name: string;
  readonly labels: Labels;
  /** As we make them. */
  readonly isolated: boolean;
  readonly internal: boolean;
  /** Whether the engine serves names in it. */
  readonly answersNames: boolean;
  readonly subnets: readonly Subnet[];
}

interface Subnet {
  readonly subnet: string;
  /** The address of the host. */
  readonly gateway?: string;
}

/** The networks of an answer, those without a name left out. */
function readNetworks(answer: unknown): readonly EngineNetwork[] {
  if (!Array.isArray(answer)) return [];
  return answer.filter(isNetwork).map((network) => ({
    name: network.name,
    labels: network.labels ?? {},
    isolated: network.options?.['isolate'] === 'true',
    internal: network.internal === true,
    answersNames: network.dns_enabled === true,
    subnets: network.subnets ?? [],
  }));
}

interface ListedNetwork {
  readonly name: string;
  readonly labels?: Labels;
  readonly options?: Labels;
  readonly internal?: boolean;
  readonly dns_enabled?: boolean;
  readonly subnets?: readonly Subnet[];
}

function isNetwork(value: unknown): value is ListedNetwork {
  return typeof value === 'object' && value !== null && 'name' in value;
}
