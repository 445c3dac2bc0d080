import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { ProcessRuntimeOptions } from '../../../src/adapters/process/runtime.ts';
import { openProcessRuntime } from '../../../src/adapters/process/runtime.ts';
import type { Instance } from '../../../src/model/instance.ts';
import type { DesiredService } from '../../../src/model/service.ts';
import type { Runtime, SecretValues } from '../../../src/ports.ts';
import type { ProgramFacts, RuntimeBench } from '../../contract/runtime/bench.ts';
import type { WantedOverrides } from '../../helpers/services.ts';
import { killMarkedAtEnd } from '../../helpers/marked-processes.ts';
import { createStep, wanted } from '../../helpers/services.ts';
import { createTempFolder } from '../../helpers/temp-folder.ts';

/** A signal that never aborts. */
export const { signal } = new AbortController();

/** The folder of the test programs. */
export const PROGRAMS = fileURLToPath(new URL('../../fixtures/programs/', import.meta.url));

/** Shared by all tests: each shim starts in half the time. */
const CACHE_FOLDER = fileURLToPath(new URL('../../../node_modules/.cache/shim', import.meta.url));

const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

export interface ProcessFacts extends ProgramFacts {
  readonly folder: string;
  readonly pid: number;
}

/** Options of a runtime of this test's own. */
export async function makeOptions(
  overrides: Partial<ProcessRuntimeOptions> = {},
): Promise<ProcessRuntimeOptions> {
  const { managerId = `test-${crypto.randomUUID()}` } = overrides;
  killMarkedAtEnd(`${managerId}/`);
  return {
    stateFolder: await createTempFolder(),
    managerId,
    log: SILENT,
    clock: Date.now,
    environment: process.env,
    cacheFolder: CACHE_FOLDER,
    ...overrides,
  };
}

/** A real process runtime that is closed when the test ends. */
export async function openProcessBench(
  overrides: Partial<ProcessRuntimeOptions> = {},
): Promise<RuntimeBench & { readonly options: ProcessRuntimeOptions }> {
  const options = await makeOptions(overrides);
  const runtime = await openProcessRuntime(options);
  onTestFinished(() => runtime.close());
  return {
    runtime,
    options,
    makeService,
    facts: askFacts,
    print: async (instance, text) => {
      await fetch(`${instance.url}/print?text=${encodeURIComponent(text)}`);
    },
    crash: async (instance) => {
      const { pid } = await askFacts(instance);
      process.kill(pid, 'SIGKILL');
    },
    close: () => runtime.close(),
  };
}

/** The service program of the fixtures, on the process runtime. */
export function makeService(name: string, overrides: WantedOverrides = {}): DesiredService {
  return wanted(name, {
    runtime: 'process',
    directory: PROGRAMS,
    ...overrides,
    spec: { command: ['node', 'service.mjs'], ...overrides.spec },
  });
}

/** What the program at the URL of the instance was given. */
export async function askFacts({ url }: Instance): Promise<ProcessFacts> {
  const response = await fetch(`${url}/facts`);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own program answers
  return (await response.json()) as ProcessFacts;
}

/** Creates and starts the first instance of a service. */
export async function launch(
  runtime: Runtime,
  service: DesiredService,
  values: SecretValues = new Map(),
): Promise<Instance> {
  const step = createStep(service);
  await runtime.perform(step, values, signal);
  await runtime.perform({ kind: 'start', target: step.target }, new Map(), signal);
  const [instance] = (await seen(runtime)).filter(({ name }) => name === step.target.name);
  if (instance === undefined) throw new Error(`${step.target.name} is not observed`);
  return instance;
}

/** Every instance, as it is observed now. */
export async function seen(runtime: Runtime): Promise<readonly Instance[]> {
  const observation = await runtime.observe({ deep: false }, signal);
  return observation.ok ? observation.instances : [];
}

/** The one instance that there is. */
export async function only(runtime: Runtime): Promise<Instance | undefined> {
  const [instance] = await seen(runtime);
  return instance;
}

/** All output that is kept of an instance. */
export async function lastLines(runtime: Runtime, name: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const { text } of runtime.logs(name, { follow: false }, signal)) lines.push(text);
  return lines;
}
