import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { createMetrics } from '../../src/adapters/prometheus/metrics.ts';
import { AppError } from '../../src/errors.ts';
import { eventually } from '../helpers/eventually.ts';
import { createFakeBroker } from '../helpers/fake-broker.ts';
import { wanted } from '../helpers/services.ts';
import { startWorld } from '../helpers/world.ts';
import { running } from '../helpers/world-facts.ts';

/** A whole manager whose ports are counted. */
function startCounted() {
  const options = { version: '1', nodeVersion: 'v24', runtime: 'memory', clock: Date.now };
  const metrics = createMetrics(new Registry(), options);
  const world = startWorld({
    watcher: metrics.watcher,
    broker: metrics.broker(createFakeBroker()),
    between: ({ runtime, router, store }) => ({
      runtime: metrics.runtime(runtime),
      router,
      store: metrics.store(store),
    }),
  });
  const text = async (): Promise<string> => {
    const { services, problems } = await world.control.status();
    return metrics.text({ services, problems: problems.length });
  };
  /** The value of one series; 0 where it was never counted. */
  const value = async (series: string): Promise<number> => {
    const line = (await text()).split('\n').find((one) => one.startsWith(`${series} `));
    return Number(line?.slice(series.length) ?? 0);
  };
  return { world, text, value, instances: () => world.runtime.instances() };
}

test('steps, calls, passes, events and verified services are counted as they happen', async () => {
  const { world, value } = startCounted();
  world.want([wanted('a'), wanted('b')]);
  await running(world);
  for (const kind of ['create', 'start', 'route']) {
    await eventually(async () => {
      const done = `mcp_manager_steps_total{kind="${kind}",outcome="done"}`;
      expect(await value(done)).toBe(2);
    });
    expect(await value(`mcp_manager_step_seconds_count{kind="${kind}"}`)).toBe(2);
  }
  const created = 'runtime="memory",call="create",outcome="ok"';
  expect(await value(`mcp_manager_runtime_call_seconds_count{${created}}`)).toBe(2);
  expect(await value('mcp_manager_services{state="Running"}')).toBe(2);
  expect(await value('mcp_manager_service_verified{service="a"}')).toBe(1);
  expect(await value('mcp_manager_events_total{type="service.verified"}')).toBe(2);
  const all = 'scope="all",depth="deep",outcome="done"';
  expect(await value(`mcp_manager_passes_total{${all}}`)).toBeGreaterThan(0);
  expect(await value('mcp_manager_pass_queue_seconds_count')).toBeGreaterThan(0);
  await eventually(async () =>
    expect(await value('mcp_manager_event_delivery_seconds_count')).toBe(world.store.lastNumber()),
  );
});

test('who stands at a gate is counted while it does, and how long it did', async () => {
  const { world, value } = startCounted();
  world.want([wanted('a'), wanted('b')]);
  await running(world);
  await world.control.ask({ kind: 'pause', service: 'a', by: 'ada' });
  const waiting = 'mcp_manager_services_waiting{until="unpaused"}';
  world.want([wanted('a', { spec: { env: { LEVEL: 'debug' } } }), wanted('b')]);
  await eventually(async () => expect(await value(waiting)).toBe(1));
  await world.control.ask({ kind: 'unpause', service: 'a', by: 'ada' });
  await eventually(async () => expect(await value(waiting)).toBe(0));
  expect(await value('mcp_manager_wait_seconds_count{until="unpaused"}')).toBe(1);
});

test('a step that fails is counted as failed', async () => {
  const { world, value } = startCounted();
  const error = new AppError('PROGRAM_FAILED', 'it ended');
  world.runtime.addFault({ error, when: 'before', step: 'start' });
  world.want([wanted('a')]);
  const failed = 'mcp_manager_steps_total{kind="start",outcome="failed"}';
  await eventually(async () => expect(await value(failed)).toBe(1));
  const call = 'runtime="memory",call="start",outcome="failed"';
  expect(await value(`mcp_manager_runtime_call_seconds_count{${call}}`)).toBe(1);
});

test('a crash is counted as a difference that was found, a restart, and the time until it was healed', async () => {
  const { world, value, instances } = startCounted();
  world.want([wanted('a')]);
  await running(world);
  world.runtime.exit(instances()[0]?.name ?? '');
  const healed = 'mcp_manager_heal_seconds_count{signal="runtime"}';
  await eventually(async () => expect(await value(healed)).toBe(1));
  expect(await value('mcp_manager_drift_found_total{signal="runtime"}')).toBe(1);
  expect(await value('mcp_manager_drift_open{signal="runtime"}')).toBe(0);
  expect(await value('mcp_manager_restarts_total{cause="crashed"}')).toBe(1);
});

test('of a service that is gone no series is left', async () => {
  const { world, text } = startCounted();
  world.want([wanted('going'), wanted('staying')]);
  await running(world);
  expect(await text()).toContain('service="going"');
  world.want([wanted('staying')]);
  await eventually(async () => {
    expect(await world.states()).toEqual(['staying Running']);
    expect(await text()).not.toContain('going');
  });
});

test('a write that was refused counts nothing', async () => {
  const options = { version: '1', nodeVersion: 'v24', runtime: 'memory', clock: Date.now };
  const metrics = createMetrics(new Registry(), options);
  const { store } = startWorld();
  const full = metrics.store({
    ...store,
    commit: () => {
      throw new AppError('STATE_UNWRITABLE', 'no space left');
    },
  });
  const event = { type: 'plan.created', timeMs: 0, data: {} } as const;
  expect(() => full.commit([{ kind: 'event', event }])).toThrow('no space left');
  expect(await metrics.text({ services: [], problems: 0 })).not.toContain('plan.created');
});
