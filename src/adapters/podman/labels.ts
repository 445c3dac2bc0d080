import { toCanonicalJson } from '../../model/canonical.ts';
import type { Instance } from '../../model/instance.ts';
import type { RuntimeStep } from '../../model/plan.ts';
import type { ServiceSpec } from '../../model/service.ts';

/** Who made an object and what for: the inventory lies on the objects themselves (design §4.7). */
export const LABELS = {
  manager: 'mcp-manager.io/manager',
  service: 'mcp-manager.io/service',
  revision: 'mcp-manager.io/revision',
  release: 'mcp-manager.io/release',
  /** The object's own name: a copy or a renamed one is not ours. */
  name: 'mcp-manager.io/name',
  /** The resolved spec, without secret values. */
  spec: 'mcp-manager.io/spec',
  /** Secret versions by reference. */
  secrets: 'mcp-manager.io/secrets',
  /** Of a volume: its name in the fleet. */
  volume: 'mcp-manager.io/volume',
  /** Version of the bridge before its program; of a volume: what it holds. */
  bridge: 'mcp-manager.io/bridge',
  /** Of a container that holds a volume while that is filled: the manager that fills it. */
  holder: 'mcp-manager.io/bridge-holder',
  /** The image that it was made from, by id. */
  image: 'mcp-manager.io/image',
  instanceId: 'agentarea.io/instance-id',
  workspaceId: 'agentarea.io/workspace-id',
} as const;

export type Labels = Readonly<Record<string, string>>;

/** All labels of a container, written with its creation: Podman never changes them afterwards. */
export function toLabels(
  managerId: string,
  step: Extract<RuntimeStep, { kind: 'create' }>,
  bridge?: string,
): Record<string, string> {
  const { target, release, imageId, secretVersions, service } = step;
  const { instanceId, workspaceId } = service.platform ?? {};
  return {
    [LABELS.manager]: managerId,
    [LABELS.service]: service.name,
    [LABELS.revision]: service.revision,
    [LABELS.release]: release,
    [LABELS.name]: target.name,
    [LABELS.spec]: toCanonicalJson(service.spec),
    [LABELS.secrets]: toCanonicalJson(secretVersions),
    ...(imageId !== undefined && { [LABELS.image]: imageId }),
    ...(bridge !== undefined && { [LABELS.bridge]: bridge }),
    ...(instanceId !== undefined && { [LABELS.instanceId]: instanceId }),
    ...(workspaceId !== undefined && { [LABELS.workspaceId]: workspaceId }),
  };
}

/** Whether the manager made the object that has this name and these labels. */
export function isOurs(managerId: string, name: string, labels: Labels): boolean {
  return labels[LABELS.manager] === managerId && labels[LABELS.name] === name;
}

/** What the labels of one of our containers say of it. */
export type OwnFacts = Pick<
  Instance,
  'service' | 'revision' | 'release' | 'spec' | 'secretVersions'
>;

/** Undefined when the labels are not complete. */
export function readLabels(labels: Labels): OwnFacts | undefined {
  const service = labels[LABELS.service];
  const revision = labels[LABELS.revision];
  const release = labels[LABELS.release];
  if (service === undefined || revision === undefined || release === undefined) return undefined;
  const spec = parseJson(labels[LABELS.spec]);
  const secretVersions = parseJson(labels[LABELS.secrets]);
  return {
    service,
    revision,
    release,
    ...(isSpec(spec) && { spec }),
    ...(isVersions(secretVersions) && { secretVersions }),
  };
}

/** Somebody else may have written anything. */
function parseJson(text = ''): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const SPEC_OBJECTS = ['env', 'resources', 'network', 'volumes'];

function isSpec(value: unknown): value is ServiceSpec {
  if (!isObject(value) || typeof value['port'] !== 'number') return false;
  const { volumes } = value;
  const isWhole = SPEC_OBJECTS.every((key) => isObject(value[key]));
  return isWhole && Array.isArray(volumes) && volumes.every(isObject);
}

function isVersions(value: unknown): value is Readonly<Record<string, string>> {
  return isObject(value) && Object.values(value).every((version) => typeof version === 'string');
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
