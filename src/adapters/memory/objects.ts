import { AppError } from '../../errors.ts';
import type { ForeignObject, Instance } from '../../model/instance.ts';
import type { RuntimeStep, Target } from '../../model/plan.ts';
import { expandCommand, programVariables } from '../../model/program.ts';
import type { DesiredService } from '../../model/service.ts';
import type { LogLine, SecretValues } from '../../ports.ts';
import { imageFor, type MemoryImages, pull } from './images.ts';

/** An instance with what a real runtime would keep inside it. */
export interface MemoryObject {
  instance: Instance;
  readonly environment: Readonly<Record<string, string>>;
  readonly arguments: readonly string[];
  readonly lines: LogLine[];
  /** Told when a line was added. */
  readonly readers: Set<() => void>;
}

/** Everything that "runs": ours by name, and what is not ours. */
export interface MemoryObjects {
  readonly ours: Map<string, MemoryObject>;
  readonly foreign: Map<string, ForeignObject>;
  readonly images: MemoryImages;
  readonly nextId: () => string;
  readonly clock: () => number;
}

/** Does one step, at once. The rules of the port hold: "already so" is success, ids are addressed. */
export function change(
  objects: MemoryObjects,
  step: RuntimeStep,
  values: SecretValues,
): string | undefined {
  if (step.kind === 'create') return create(objects, step, values);
  if (step.kind === 'pull') {
    pull(objects.images, step);
    return undefined;
  }
  const object = find(objects, step.target);
  switch (step.kind) {
    case 'start':
      return start(objects, step.target, object);
    case 'stop':
      if (object !== undefined) exit(objects, object, { code: 0, signal: null });
      return undefined;
    case 'remove':
      if (object !== undefined) objects.ours.delete(object.instance.name);
      return undefined;
    case 'update':
      if (object !== undefined) mendLimits(object);
      return undefined;
    case 'forget':
      if (object !== undefined) forget(objects, object.instance);
      return undefined;
    default:
      return step satisfies never;
  }
}

/** Ends a running object; one that does not run stays as it is. */
export function exit(
  objects: MemoryObjects,
  object: MemoryObject,
  { code, signal }: { code: number | null; signal: string | null },
): void {
  if (object.instance.state !== 'running') return;
  const { url: _url, ...rest } = object.instance;
  object.instance = { ...rest, state: 'exited', exit: { code, signal, atMs: objects.clock() } };
}

function create(
  objects: MemoryObjects,
  step: Extract<RuntimeStep, { kind: 'create' }>,
  values: SecretValues,
): string {
  const { target, release, secretVersions, service } = step;
  const present = objects.ours.get(target.name);
  if (present !== undefined) return present.instance.id;
  if ([...objects.foreign.values()].some(({ name }) => name === target.name))
    throw new AppError(
      'NAME_TAKEN',
      `The name ${target.name} belongs to an object of another owner.`,
    );
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
  const program = programOf(service, values);
  objects.ours.set(target.name, { instance, ...program, lines: [], readers: new Set() });
  return id;
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

function find(objects: MemoryObjects, { id, name }: Target): MemoryObject | undefined {
  const object = objects.ours.get(name);
  return id === undefined || object?.instance.id === id ? object : undefined;
}

function start(objects: MemoryObjects, { name }: Target, object: MemoryObject | undefined): string {
  if (object === undefined)
    throw new AppError('PROGRAM_FAILED', `There is no instance ${name} to start any more.`);
  const { exit: _exit, ...rest } = object.instance;
  if (rest.state !== 'running')
    object.instance = {
      ...rest,
      state: 'running',
      startedAtMs: objects.clock(),
      url: `http://memory/${rest.name}`,
    };
  return rest.id;
}

function mendLimits(object: MemoryObject): void {
  const drift = object.instance.drift.filter(({ path }) => !path.startsWith('resources'));
  object.instance = { ...object.instance, drift };
}

function forget(objects: MemoryObjects, { id, name }: Instance): void {
  objects.ours.delete(name);
  objects.foreign.set(id, { id, name: `${name}-forgotten-${id}` });
}
