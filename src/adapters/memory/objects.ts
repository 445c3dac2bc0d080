import { AppError } from '../../errors.ts';
import type { ContainerFacts } from '../../model/container.ts';
import { isUp, type Instance, type Orphan } from '../../model/instance.ts';
import { forgottenName } from '../../model/names.ts';
import type { RuntimeStep, Target } from '../../model/plan.ts';
import { expandCommand, programVariables } from '../../model/program.ts';
import type { DesiredService } from '../../model/service.ts';
import type { LogLine, SecretValues } from '../../ports.ts';
import { imageFor, type MemoryImages, pull } from './images.ts';

/** A container with what a real runtime would keep inside it. */
export interface MemoryObject {
  /** Its name now; `instance.name` is what its label says. */
  name: string;
  /** It carries labels of ours, which never change; who else owns it, where that is known. */
  readonly labelled: boolean;
  readonly owner?: string;
  instance: Instance;
  /** What somebody else's container is beside what every one is. */
  readonly facts?: Partial<ContainerFacts>;
  readonly environment: Readonly<Record<string, string>>;
  readonly arguments: readonly string[];
  readonly lines: LogLine[];
  /** Told when a line was added. */
  readonly readers: Set<() => void>;
}

/** Everything that "runs", by id. */
export interface MemoryObjects {
  readonly all: Map<string, MemoryObject>;
  readonly orphans: Map<string, Orphan>;
  readonly images: MemoryImages;
  readonly nextId: () => string;
  readonly clock: () => number;
}

/** An object is ours only when its label says its own name. */
export function isOurs({ name, labelled, instance }: MemoryObject): boolean {
  return labelled && instance.name === name;
}

/** Does one step, at once. The rules of the port hold: "already so" is success, ids are addressed. */
export function change(
  objects: MemoryObjects,
  step: RuntimeStep,
  values: SecretValues,
): string | undefined {
  switch (step.kind) {
    case 'pull':
      pull(objects.images, step);
      return undefined;
    case 'create':
      return create(objects, step, values);
    case 'adopt':
      adopt(objects, step);
      return undefined;
    case 'prune':
      objects.orphans.delete(step.target.id);
      return undefined;
    case 'start':
      return start(objects, step.target);
    case 'stop':
    case 'remove':
    case 'update':
    case 'forget': {
      const object = find(objects, step.target);
      if (object !== undefined) alter(objects, step.kind, object);
      return undefined;
    }
  }
}

function alter(
  objects: MemoryObjects,
  kind: 'stop' | 'remove' | 'update' | 'forget',
  object: MemoryObject,
): void {
  switch (kind) {
    case 'stop':
      exit(objects, object, { code: 0, signal: null });
      return;
    case 'remove':
      objects.all.delete(object.instance.id);
      return;
    case 'update':
      mendLimits(object);
      return;
    case 'forget':
      object.name = forgottenName(object.name, object.instance.id);
  }
}

/** Ends a running object; one that does not run stays as it is. */
export function exit(
  objects: MemoryObjects,
  object: MemoryObject,
  { code, signal }: { code: number | null; signal: string | null },
): void {
  if (!isUp(object.instance)) return;
  const { url: _url, ...rest } = object.instance;
  object.instance = { ...rest, state: 'exited', exit: { code, signal, atMs: objects.clock() } };
}

function create(
  objects: MemoryObjects,
  step: Extract<RuntimeStep, { kind: 'create' }>,
  values: SecretValues,
): string {
  const { target, release, secretVersions, service } = step;
  const present = byName(objects, target.name);
  if (present !== undefined && isOurs(present)) return present.instance.id;
  if (present !== undefined) throw nameTaken(target);
  const image = imageFor(objects.images, step);
  const id = objects.nextId();
  const instance: Instance = {
    id,
    name: target.name,
    service: service.name,
    revision: service.revision,
    release,
    spec: service.spec,
    secretVersions,
    ...(image && { imageId: image.id }),
    state: 'created',
    drift: [],
  };
  objects.all.set(id, {
    ...bareObject(instance, true),
    ...programOf(service, values),
  });
  return id;
}

/** A container that has printed nothing and was given nothing yet. */
export function bareObject(instance: Instance, labelled: boolean): MemoryObject {
  const { name } = instance;
  return {
    name,
    labelled,
    instance,
    environment: {},
    arguments: [],
    lines: [],
    readers: new Set(),
  };
}

function adopt(objects: MemoryObjects, { target }: Extract<RuntimeStep, { kind: 'adopt' }>): void {
  const object = objects.all.get(target.id);
  if (object === undefined) {
    throw new AppError(
      'PROGRAM_FAILED',
      `There is no container ${target.id} to take over any more.`,
    );
  }
  if (object.name === target.name) return;
  if (byName(objects, target.name) !== undefined) throw nameTaken(target);
  object.name = target.name;
}

function nameTaken({ name }: Target): AppError {
  return new AppError('NAME_TAKEN', `The name ${name} belongs to an object of another owner.`);
}

/** What a program would be given, by the rules of the real runtimes. */
function programOf(
  service: DesiredService,
  values: SecretValues,
): Pick<MemoryObject, 'environment' | 'arguments'> {
  const { env, port, command = [] } = service.spec;
  const own = Object.entries(env).map(([key, value]) => {
    const clear = typeof value === 'string' ? value : values.get(value.secret);
    if (clear === undefined)
      throw new AppError('SECRET_MISSING', `No value was given for the secret of ${key}.`);
    return [key, clear];
  });
  return {
    environment: { ...Object.fromEntries(own), ...programVariables(service, port) },
    arguments: expandCommand(command, port),
  };
}

/** Any container by the name that it has now. */
export function byName({ all }: MemoryObjects, name: string): MemoryObject | undefined {
  return [...all.values()].find((object) => object.name === name);
}

function find(objects: MemoryObjects, { id, name }: Target): MemoryObject | undefined {
  if (id !== undefined) return objects.all.get(id);
  const object = byName(objects, name);
  return object !== undefined && isOurs(object) ? object : undefined;
}

function start(objects: MemoryObjects, target: Target): string {
  const object = find(objects, target);
  if (object === undefined)
    throw new AppError('PROGRAM_FAILED', `There is no instance ${target.name} to start any more.`);
  const { exit: _exit, ...rest } = object.instance;
  if (rest.state !== 'running')
    object.instance = {
      ...rest,
      state: 'running',
      startedAtMs: objects.clock(),
      url: `http://memory/${object.name}`,
    };
  return rest.id;
}

function mendLimits(object: MemoryObject): void {
  const drift = object.instance.drift.filter(({ path }) => !path.startsWith('resources'));
  object.instance = { ...object.instance, drift };
}
