import { onTestFinished } from 'vitest';
import type { Instance } from '../../../src/model/instance.ts';
import type { DesiredService } from '../../../src/model/service.ts';
import type { LogLine, LogRequest, Runtime, SecretValues } from '../../../src/ports.ts';
import type { WantedOverrides } from '../../helpers/services.ts';
import { createStep } from '../../helpers/services.ts';

/** One runtime under test, with what only its test file knows how to do. */
export interface RuntimeBench {
  readonly runtime: Runtime;
  /** A service that really runs there and prints `ready` when it starts. */
  makeService(name: string, overrides?: WantedOverrides): DesiredService;
  /** What the running program was given. */
  facts(instance: Instance): Promise<ProgramFacts>;
  /** Makes the running program print a line. */
  print(instance: Instance, text: string): Promise<void>;
  /** Kills the program behind the runtime's back. */
  crash(instance: Instance): Promise<void>;
  close(): Promise<void>;
}

export interface ProgramFacts {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly arguments: readonly string[];
}

/** Opens a fresh runtime of one test's own. */
export type OpenBench = () => Promise<RuntimeBench>;

/** How long a program may take to end before it is killed. */
export const GRACE_MS = 5_000;

const NO_SECRETS: SecretValues = new Map();

/** The bench with the few calls that every test makes. */
export async function openBench(open: OpenBench) {
  const bench = await open();
  onTestFinished(() => bench.close());
  const { runtime } = bench;
  const act = (step: Parameters<Runtime['perform']>[0], values: SecretValues = NO_SECRETS) =>
    runtime.perform(step, values, never());
  const instances = async (names?: ReadonlySet<string>): Promise<readonly Instance[]> => {
    const request = { deep: false, ...(names !== undefined && { names }) };
    const observation = await runtime.observe(request, never());
    if (!observation.ok) throw new Error(observation.cause);
    return observation.instances;
  };
  const launch = async (service: DesiredService, values = NO_SECRETS): Promise<Instance> => {
    const step = createStep(service);
    const { id } = await act(step, values);
    await act({ kind: 'start', target: { ...step.target, ...(id !== undefined && { id }) } });
    const instance = (await instances()).find(({ name }) => name === step.target.name);
    if (instance === undefined) throw new Error(`${step.target.name} is not observed`);
    return instance;
  };
  const logs = async ({ name }: Instance, request: Partial<LogRequest> = {}) => {
    const lines: LogLine[] = [];
    await collect(runtime.logs(name, { follow: false, ...request }, never()), lines);
    return lines.map(({ text }) => text);
  };
  return { bench, act, instances, launch, logs };
}

/** Adds every line to `into` until the source ends. */
export async function collect(source: AsyncIterable<LogLine>, into: LogLine[]): Promise<void> {
  for await (const line of source) into.push(line);
}

/** A signal that never aborts. */
export function never(): AbortSignal {
  return new AbortController().signal;
}
