import { randomUUID } from 'node:crypto';
import type { Exit, Instance, InstanceState } from '../../model/instance.ts';
import type { RuntimeStep, Target } from '../../model/plan.ts';
import { LOOPBACK } from './free-port.ts';
import type { Output } from './output.ts';

/** `ended` resolves when nothing of the program is left and the instance says so; it never rejects. */
interface RunningProgram {
  readonly end: (graceMs: number) => void;
  readonly ended: Promise<void>;
}

/** One instance with all that is remembered of it; it lives no longer than the manager. */
export interface ProcessInstance {
  readonly id: string;
  readonly step: Extract<RuntimeStep, { kind: 'create' }>;
  /** The service's own variables, secrets resolved: a restart needs them again. */
  readonly environment: Readonly<Record<string, string>>;
  readonly output: Output;
  state: InstanceState;
  /** Kept over restarts as long as it is free. */
  port?: number;
  startedAtMs?: number;
  exit?: Exit;
  /** There while a program runs. */
  program?: RunningProgram;
  starting?: Promise<void>;
}

/** The instances of one runtime: ours by name, and the forgotten ones, which still end with us. */
export interface ProcessInstances {
  readonly ours: Map<string, ProcessInstance>;
  readonly forgotten: Set<ProcessInstance>;
}

/** A new instance that does not run yet. */
export function createInstance(
  parts: Pick<ProcessInstance, 'step' | 'environment' | 'output'>,
): ProcessInstance {
  return { id: randomUUID(), state: 'created', ...parts };
}

/** By id where it is known: one that was replaced under the same name is not meant. */
export function findInstance(
  { ours }: ProcessInstances,
  { name, id }: Target,
): ProcessInstance | undefined {
  const instance = ours.get(name);
  return id === undefined || instance?.id === id ? instance : undefined;
}

/** What is told of an instance; nothing of its environment. */
export function toInstance({
  id,
  step: { target, release, secretVersions, service },
  state,
  port,
  startedAtMs,
  exit,
}: ProcessInstance): Instance {
  return {
    id,
    name: target.name,
    service: service.name,
    revision: service.revision,
    release,
    spec: service.spec,
    secretVersions,
    state,
    ...(startedAtMs !== undefined && { startedAtMs }),
    ...(exit !== undefined && { exit }),
    ...(state === 'running' && port !== undefined && { url: `http://${LOOPBACK}:${port}` }),
    drift: [],
  };
}
