import { AppError } from '../../errors.ts';
import type { RuntimeStep } from '../../model/plan.ts';
import type { SecretValues } from '../../ports.ts';
import { resolveEnvironment } from './environment.ts';
import type { ProcessInstance, ProcessInstances } from './instances.ts';
import { createInstance, findInstance } from './instances.ts';
import { createOutput } from './output.ts';
import type { ProgramRunner } from './program.ts';
import { startProgram, stopProgram } from './program.ts';

/** A program that runs still when its instance is removed, or the manager ends, has this long. */
const CLOSE_GRACE_MS = 3_000;

/** What a step is done with. */
export interface Scene {
  readonly runner: ProgramRunner;
  readonly instances: ProcessInstances;
  readonly values: SecretValues;
  readonly signal: AbortSignal;
}

/** Does one step; answers the id of the object that was created or started. Throws AppError. */
export async function perform(scene: Scene, step: RuntimeStep): Promise<string | undefined> {
  if (step.kind === 'create') return create(scene, step);
  if (step.kind === 'adopt' || step.kind === 'prune')
    throw new AppError('RUNTIME_UNSUPPORTED', `There are no containers here: ${step.target.name}.`);
  if (step.kind === 'pull')
    throw new AppError('RUNTIME_UNSUPPORTED', `Child processes have no images: ${step.image}.`);
  const { instances, runner, signal } = scene;
  const { target } = step;
  const instance = findInstance(instances, target);
  if (instance === undefined && step.kind !== 'start') return undefined;
  if (instance === undefined)
    throw new AppError('PROGRAM_FAILED', `There is no instance ${target.name} to start any more.`);
  switch (step.kind) {
    case 'start':
      await startProgram(runner, instance);
      return instance.id;
    case 'stop':
      await stopProgram(instance, step.graceMs, signal);
      return undefined;
    case 'remove':
      await discard(instance);
      runner.ports.giveBack(instance.port);
      instances.ours.delete(target.name);
      return undefined;
    case 'forget':
      instances.ours.delete(target.name);
      instances.forgotten.add(instance);
      return undefined;
    case 'update':
      return undefined;
    default:
      return step satisfies never;
  }
}

async function create(
  { runner, instances, values }: Scene,
  step: Extract<RuntimeStep, { kind: 'create' }>,
): Promise<string> {
  const { target, service } = step;
  const present = instances.ours.get(target.name);
  if (present !== undefined) return present.id;
  refuse(step);
  const environment = resolveEnvironment(service, values);
  const instance = createInstance({ step, environment, output: createOutput() });
  instances.ours.set(target.name, instance);
  const earlier = await runner.logFiles.of(service.name).tail(target.name);
  for (const line of earlier) instance.output.add(line);
  return instance.id;
}

/** What cannot be run here at all; what merely cannot be held is a limitation. */
function refuse({ service: { name, spec } }: Extract<RuntimeStep, { kind: 'create' }>): void {
  if (spec.command === undefined || spec.command.length === 0)
    throw new AppError(
      'RUNTIME_UNSUPPORTED',
      `${name} has no command, and images need a container engine.`,
      {
        hint: 'give it a `command`, or run it with BACKEND_ENVIRONMENT=podman',
      },
    );
}

/** Ends the program, if it runs, and everybody who reads its output. */
export async function discard(instance: ProcessInstance): Promise<void> {
  await stopProgram(instance, CLOSE_GRACE_MS);
  instance.output.close();
}
