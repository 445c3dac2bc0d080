import { expect, test } from 'vitest';
import type { ApplyResult } from '../../src/control.ts';
import type { OpenManager, OpenOptions } from '../../src/cli/host.ts';
import type { PlanDocument } from '../../src/model/plan-document.ts';
import {
  createFakeControl,
  someResult,
  someStatus,
  type FakeControl,
  NO_ANSWERS,
} from '../http/fake-control.ts';
import { createPlan } from './plan-fixture.ts';
import { runCommand, type CommandOptions, type CommandResult } from './run-command.ts';
import { createFakeInspection } from '../http/fake-inspection.ts';

const VOLUME = {
  kind: 'volume',
  service: 'old',
  runtime: 'podman',
  name: 'mcp-1234-data',
  cause: 'it holds data of old, which no document names',
  allow: '',
} as const;

interface Destroying extends CommandResult {
  readonly control: FakeControl;
  readonly opened: readonly Omit<OpenOptions, 'signal'>[];
  readonly endedRouters: readonly string[];
}

async function destroy(
  line: string,
  { outcome = 'converged', plan = createPlan(), ...options }: Destruction = {},
): Promise<Destroying> {
  const control = createFakeControl({
    status: async () => ({
      services: [someStatus('echo'), someStatus('other')],
      problems: [],
      leftAlone: [VOLUME],
    }),
    plan: async () => plan,
    async *apply() {
      yield { kind: 'result', result: someResult({ outcome }) };
    },
  });
  const opened: Omit<OpenOptions, 'signal'>[] = [];
  const openManager: OpenManager = async (_config, _log, { signal: _signal, ...how }) => {
    opened.push(how);
    return {
      control,
      audit() {},
      inspection: createFakeInspection(),
      answers: NO_ANSWERS,
      readiness: () => ({ isReady: true, checks: [] }),
      access: {},
      run: async () => {},
      async [Symbol.asyncDispose]() {},
    };
  };
  const endedRouters: string[] = [];
  const machine = { endRouter: async (folder: string) => void endedRouters.push(folder) };
  const done = await runCommand(`destroy ${line}`, { openManager, machine, ...options });
  return { ...done, control, opened, endedRouters };
}

interface Destruction extends CommandOptions {
  readonly outcome?: ApplyResult['outcome'];
  readonly plan?: PlanDocument;
}

const asks = ({ control }: Destroying): readonly unknown[] =>
  control.calls.flatMap(([method, command]) => (method === 'ask' ? [command] : []));

test('destroy shows what goes, asks, removes every service by name and ends the router', async () => {
  const done = await destroy('', { answers: ['yes'] });
  expect(done.code).toBe(0);
  expect(done.opened).toEqual([{ mode: 'alone', command: 'destroy', nothingDesired: true }]);
  expect(done.out).toContain('Remove everything of this fleet? (yes/no)');
  expect(asks(done)).toEqual(
    ['echo', 'other'].flatMap((service) => [
      { kind: 'unpause', service, by: 'ada@host' },
      { kind: 'remove', service, volumes: false, by: 'ada@host' },
    ]),
  );
  expect(done.control.calls).toContainEqual([
    'apply',
    { names: ['echo', 'other'], wait: true, by: 'ada@host' },
  ]);
  expect(done.endedRouters).toHaveLength(1);
  expect(done.out).toContain('Nothing of this fleet is left running');
  expect(done.err).toContain('Volumes stay with their data: mcp-1234-data');
});

test('destroy without a yes removes nothing, and leaves the router', async () => {
  for (const answers of [['no'], []]) {
    const done = await destroy('', { answers });
    expect(done.code).toBe(1);
    expect(asks(done)).toEqual([]);
    expect(done.endedRouters).toEqual([]);
  }
});

test('destroy --volumes speaks of the data, and takes also what services have left', async () => {
  const done = await destroy('--volumes', { answers: ['yes'] });
  expect(done.out).toContain('with all data in the volumes');
  expect(asks(done)).toContainEqual({
    kind: 'remove',
    service: 'old',
    volumes: true,
    by: 'ada@host',
  });
});

test('destroy is refused as a whole where something may not go', async () => {
  const { changes, ...rest } = createPlan();
  const gate = {
    code: 'REMOVAL_PROTECTED',
    cause: 'the service is protected',
    allow: 'unprotect it',
  };
  const plan = { ...rest, changes: changes.map((change) => ({ ...change, gate })) };
  const done = await destroy('--yes', { plan });
  expect(done.code).toBe(1);
  expect(done.err).toContain('REFUSED echo may not go: the service is protected (unprotect it)');
  expect(asks(done)).toEqual([]);
});

test('destroy that could not remove all says so, and leaves the router to what is left', async () => {
  const done = await destroy('--yes', { outcome: 'failed' });
  expect(done.code).toBe(1);
  expect(done.out).toContain('Apply failed.');
  expect(done.endedRouters).toEqual([]);
});

test('destroy --json answers one document', async () => {
  const { out } = await destroy('--yes --json');
  expect(JSON.parse(out)).toEqual({ destroyed: ['echo', 'other'], result: someResult() });
});
