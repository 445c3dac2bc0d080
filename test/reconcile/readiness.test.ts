import { expect, test } from 'vitest';
import { createMemoryLease } from '../../src/adapters/memory/lease.ts';
import { AppError } from '../../src/errors.ts';
import { eventually } from '../helpers/eventually.ts';
import { createFakeBroker } from '../helpers/fake-broker.ts';
import { wanted } from '../helpers/services.ts';
import { startWorld, type TestWorld } from '../helpers/world.ts';
import { running } from '../helpers/world-facts.ts';

const failing = ({ readiness }: TestWorld): readonly string[] =>
  readiness().checks.flatMap(({ name, state }) => (state === 'ok' ? [] : [`${name} ${state}`]));

async function untilReady(world: TestWorld): Promise<void> {
  await eventually(() => expect(world.readiness().isReady).toBe(true));
}

test('a manager is ready once it has read the documents and its runtime has answered', async () => {
  const world = startWorld();
  expect(world.readiness().isReady).toBe(false);
  expect(failing(world)).toContain('documents waiting');
  expect(failing(world)).toContain('runtime waiting');
  await untilReady(world);
  expect(failing(world)).toEqual([]);
});

test('services that fail, and mistakes in documents, leave the manager ready', async () => {
  const world = startWorld();
  const error = new AppError('PROGRAM_FAILED', 'it ended');
  world.runtime.addFault({ error, when: 'before', step: 'start', times: 1_000 });
  const problem = { file: 'a.yaml', line: 1, column: 1, code: 'YAML_INVALID', message: 'no' };
  world.want([wanted('a')], { problems: [problem] });
  await eventually(async () => expect(await world.states()).not.toEqual([]));
  await untilReady(world);
});

test('a runtime that does not answer makes it unready, by name, until it does', async () => {
  const world = startWorld({ resyncMs: 20 });
  await untilReady(world);
  world.runtime.setOutage('the engine is gone');
  await eventually(() => expect(failing(world)).toEqual(['runtime failing']));
  expect(world.readiness().checks).toContainEqual(
    expect.objectContaining({ name: 'runtime', of: 'memory' }),
  );
  world.runtime.setOutage(undefined);
  await untilReady(world);
});

test('a router that does not answer makes it unready', async () => {
  const world = startWorld();
  await untilReady(world);
  world.router.fail(new AppError('ROUTER_UNAVAILABLE', 'it is gone'));
  expect(failing(world)).toEqual(['router failing']);
  world.router.fail(undefined);
  expect(failing(world)).toEqual([]);
});

test('a store that cannot be written makes it unready, until it can', async () => {
  let isFull = false;
  const world = startWorld({
    resyncMs: 20,
    between: (ports) => ({
      ...ports,
      store: {
        ...ports.store,
        commit(changes) {
          if (isFull) throw new AppError('STATE_UNWRITABLE', 'no space left');
          ports.store.commit(changes);
        },
      },
    }),
  });
  await untilReady(world);
  isFull = true;
  await eventually(() => expect(failing(world)).toEqual(['passes failing']));
  isFull = false;
  await untilReady(world);
});

test('a manager that lost its lease is not ready', async () => {
  const lease = createMemoryLease();
  const world = startWorld({ lease });
  await untilReady(world);
  lease.lose(new AppError('LEASE_HELD', 'process 7 has it'));
  expect(failing(world)).toContain('lease failing');
  await expect(world.ended).rejects.toThrow('process 7 has it');
});

test('Redis that is away is told, and the manager is ready: its events wait', async () => {
  const broker = createFakeBroker();
  broker.fail(Number.MAX_SAFE_INTEGER);
  const world = startWorld({ broker });
  world.want([wanted('a')]);
  await running(world);
  await eventually(() => expect(failing(world)).toEqual(['broker failing']));
  expect(world.readiness().isReady).toBe(true);
  broker.fail(0);
  broker.reconnect();
  await eventually(() => expect(failing(world)).toEqual([]));
});

test('Redis that is away is told also where no event waits', async () => {
  const broker = createFakeBroker();
  const world = startWorld({ broker });
  await untilReady(world);
  expect(failing(world)).toEqual([]);
  broker.disconnect('Redis at x: connection refused');
  expect(failing(world)).toEqual(['broker failing']);
  expect((await world.control.health()).troubles).toEqual(['Redis at x: connection refused']);
  broker.reconnect();
  expect(failing(world)).toEqual([]);
});
