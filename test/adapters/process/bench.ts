import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { ProcessRuntimeOptions } from '../../../src/adapters/process/runtime.ts';
import { openProcessRuntime } from '../../../src/adapters/process/runtime.ts';
import type { Instance } from '../../../src/model/instance.ts';
import type { DesiredService } from '../../../src/model/service.ts';
import type { ProgramFacts, RuntimeBench } from '../../contract/runtime/bench.ts';
import type { WantedOverrides } from '../../helpers/services.ts';
import { wanted } from '../../helpers/services.ts';
import { createTempFolder } from '../../helpers/temp-folder.ts';

export const PROGRAMS = fileURLToPath(new URL('../../fixtures/programs/', import.meta.url));

const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

export interface ProcessFacts extends ProgramFacts {
  readonly folder: string;
  readonly pid: number;
}

/** Options of a runtime of this test's own. */
export async function makeOptions(
  overrides: Partial<ProcessRuntimeOptions> = {},
): Promise<ProcessRuntimeOptions> {
  return {
    stateFolder: await createTempFolder(),
    managerId: `test-${crypto.randomUUID()}`,
    log: SILENT,
    clock: Date.now,
    environment: process.env,
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
    spec: { command: ['node', 'service.ts'], ...overrides.spec },
  });
}

/** What the program at the URL of the instance was given. */
export async function askFacts({ url }: Instance): Promise<ProcessFacts> {
  const response = await fetch(`${url}/facts`);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own program answers
  return (await response.json()) as ProcessFacts;
}
