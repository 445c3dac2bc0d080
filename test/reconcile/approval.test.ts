import { expect, test } from 'vitest';
import { apply } from '../helpers/apply-in-world.ts';
import { eventually } from '../helpers/eventually.ts';
import { found, wanted } from '../helpers/services.ts';
import { createGround, startWorld, type TestWorld } from '../helpers/world.ts';
import { holdRestarts } from '../helpers/world-faults.ts';

const DEBUG = { spec: { env: { LEVEL: 'debug' } } };

const kinds = (world: TestWorld): readonly string[] =>
  world.runtime.calls.flatMap((call) => (call.kind === 'perform' ? [call.step.kind] : []));

test('with approval asked for, a new service waits until it is applied', async () => {
  const world = startWorld({ mode: 'approve' });
  world.want([wanted('echo')]);
  await eventually(async () => expect(await world.states()).toEqual(['echo Pending']));
  expect(kinds(world)).toEqual([]);
  expect(await apply(world)).toMatchObject({ outcome: 'converged' });
  expect(await world.states()).toEqual(['echo Running']);
});

test('with approval asked for, a crash is healed and a change is only planned', async () => {
  const world = startWorld({ mode: 'approve' });
  world.want([wanted('echo')]);
  await apply(world);
  world.want([wanted('echo', DEBUG)]);
  const [instance] = world.runtime.instances();
  world.runtime.exit(instance?.name ?? '');
  await eventually(async () => expect(kinds(world)).toEqual(['create', 'start', 'start']));
  await eventually(async () => expect(await world.states()).toEqual(['echo Running']));
  const { changes } = await world.control.plan({});
  expect(changes).toMatchObject([
    { service: 'echo', actionReason: 'replace_because_spec_changed' },
  ]);
  expect(await apply(world)).toMatchObject({ outcome: 'converged' });
  expect((await world.control.plan({})).changes).toEqual([]);
});

test('with approval asked for, a removal waits too, and goes when it is applied', async () => {
  const world = startWorld({ mode: 'approve' });
  world.want([wanted('a'), wanted('b')]);
  await apply(world);
  world.want([wanted('a')]);
  await world.control.wake();
  expect((await world.control.plan({})).changes).toMatchObject([
    { service: 'b', change: { actions: ['delete'] } },
  ]);
  expect(world.runtime.instances()).toHaveLength(2);
  expect(await apply(world)).toMatchObject({ outcome: 'converged' });
  expect(await world.states()).toEqual(['a Running']);
});

test('a saved plan does exactly its steps', async () => {
  const world = startWorld({ mode: 'approve' });
  world.want([wanted('echo'), wanted('other')]);
  await apply(world);
  world.want([wanted('echo', DEBUG), wanted('other')]);
  const plan = await world.control.plan({});
  const before = kinds(world).length;
  expect(await apply(world, { plan })).toMatchObject({ outcome: 'converged' });
  const planned = plan.changes.flatMap(({ steps }) => steps.map(({ kind }) => kind));
  expect(kinds(world).slice(before)).toEqual(
    planned.filter((kind) => kind !== 'wait' && kind !== 'route' && kind !== 'unroute'),
  );
});

test('a saved plan is refused as a whole when a document moved, and names the service', async () => {
  const world = startWorld({ mode: 'approve' });
  world.want([wanted('a'), wanted('b')]);
  const plan = await world.control.plan({});
  world.want([wanted('a'), wanted('b', DEBUG)]);
  const result = await apply(world, { plan });
  expect(result).toMatchObject({ outcome: 'stale', stale: [{ service: 'b' }] });
  expect(kinds(world)).toEqual([]);
});

test('a saved plan of another fleet is refused, however alike the names of its services are', async () => {
  const world = startWorld({ mode: 'approve' });
  world.want([wanted('echo')]);
  const plan = { ...(await world.control.plan({})), managerId: 'other' };
  await expect(apply(world, { plan })).rejects.toMatchObject({ code: 'PLAN_INVALID' });
  expect(kinds(world)).toEqual([]);
});

test('a saved plan carries the allowance that it was made with', async () => {
  const world = startWorld({ mode: 'approve' });
  const fleet = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => wanted(name));
  world.want(fleet);
  await apply(world);
  world.want(fleet.slice(6));
  const held = await world.control.plan({});
  expect(held.summary).toMatchObject({ remove: 0, blocked: 6 });
  const plan = await world.control.plan({ allowRemovals: 6 });
  expect(plan).toMatchObject({ allowRemovals: 6, summary: { remove: 6, blocked: 0 } });
  expect(await apply(world, { plan })).toMatchObject({ outcome: 'converged' });
  expect(world.runtime.instances()).toHaveLength(1);
});

test('a saved plan is refused when an instance was removed by hand meanwhile', async () => {
  const world = startWorld({ mode: 'approve' });
  world.want([wanted('echo')]);
  await apply(world);
  world.want([wanted('echo', DEBUG)]);
  const plan = await world.control.plan({});
  world.runtime.delete(world.runtime.instances()[0]?.name ?? '');
  expect(await apply(world, { plan })).toMatchObject({
    outcome: 'stale',
    stale: [{ service: 'echo' }],
  });
});

test('a service that cannot be verified in time is told as that', async () => {
  const world = startWorld({ mode: 'approve' });
  world.prober.answer('echo', { outcome: 'failed', message: 'answered 500' });
  const rollout = { ...wanted('echo').rollout, deadlineMs: 300 };
  world.want([wanted('echo', { rollout })]);
  const result = await apply(world);
  expect(result).toMatchObject({ outcome: 'not-verified', services: [{ state: 'Failed' }] });
  expect(result.services[0]?.cause).toContain('answered 500');
});

test('a replacement that is not verified in time is given up, and its last output is kept', async () => {
  const world = startWorld({ mode: 'approve' });
  const rollout = { ...wanted('echo').rollout, deadlineMs: 300 };
  world.want([wanted('echo', { rollout })]);
  await apply(world);
  const [old] = world.runtime.instances();
  const debug = wanted('echo', { rollout, ...DEBUG });
  const { release } = found(debug);
  world.prober.answer(release, { outcome: 'failed', message: 'answered 500' });
  world.want([debug]);
  const applying = apply(world);
  await eventually(() => {
    const fresh = world.runtime.instances().find(({ name }) => name !== old?.name);
    world.runtime.print(fresh?.name ?? '', 'cannot open the database');
  });
  expect(await applying).toMatchObject({ outcome: 'not-verified' });
  await eventually(async () => {
    const [status] = (await world.control.status()).services;
    expect(status).toMatchObject({
      state: 'Failed',
      cause: `rolled back to ${old?.release}: not verified in time: answered 500`,
      rollback: { kind: 'rolled-back', release: old?.release },
      lastLog: ['cannot open the database'],
    });
  });
  expect(world.runtime.instances()).toMatchObject([{ name: old?.name, state: 'running' }]);
});

test('what no step can bring about needs no approval: a service is unprotected by its document', async () => {
  const world = startWorld({ mode: 'approve' });
  world.want([wanted('a', { protected: true }), wanted('b')]);
  await apply(world);
  world.want([wanted('a', { labels: { team: 'x' } }), wanted('b')]);
  await eventually(async () => {
    const [a] = (await world.control.status()).services;
    expect(a?.labels).toEqual({ team: 'x' });
  });
  world.want([wanted('b')]);
  await world.control.wake();
  expect(await apply(world)).toMatchObject({ outcome: 'converged' });
  expect(await world.states()).toEqual(['b Running']);
});

test('a service that was removed by name waits for approval when its document comes back', async () => {
  const world = startWorld({ mode: 'approve' });
  world.want([wanted('a'), wanted('b')]);
  await apply(world);
  await world.control.ask({ kind: 'remove', service: 'b', volumes: false, by: 'test' });
  world.want([wanted('a')]);
  await eventually(async () => expect(await world.states()).toEqual(['a Running']));
  world.want([wanted('a'), wanted('b')]);
  await eventually(async () => expect(await world.states()).toEqual(['a Running', 'b Pending']));
  expect(world.runtime.instances()).toHaveLength(1);
  expect(await apply(world)).toMatchObject({ outcome: 'converged' });
  expect(await world.states()).toEqual(['a Running', 'b Running']);
});

test('what ran when the store was lost is approved, also once it is missing', async () => {
  const world = startWorld({ mode: 'approve' });
  world.want([wanted('a')]);
  await apply(world);
  await world.stop();
  const later = startWorld({
    mode: 'approve',
    ground: { ...createGround(), memory: world.ground.memory, router: world.ground.router },
  });
  later.want([wanted('a')]);
  await eventually(async () => expect(await later.states()).toEqual(['a Running']));
  later.runtime.delete(later.runtime.instances()[0]?.name ?? '');
  await eventually(() => expect(later.runtime.instances()).toHaveLength(1));
});

test('a change that is applied while the service is in motion is not lost', async () => {
  const held = holdRestarts();
  const world = startWorld({ mode: 'approve', between: held.between });
  world.want([wanted('a')]);
  await apply(world);
  world.runtime.exit(world.runtime.instances()[0]?.name ?? '');
  await eventually(() => expect(held.starts()).toBe(2));
  expect((await world.control.plan({})).changes).toEqual([]);
  world.want([wanted('a', DEBUG)]);
  const applying = apply(world);
  await eventually(() => {
    const approved = world.store.histories().get('a')?.accepted;
    expect(approved?.spec.env).toEqual(DEBUG.spec.env);
  });
  held.open();
  expect(await applying).toMatchObject({ outcome: 'converged' });
  expect(world.runtime.instances()).toMatchObject([{ spec: DEBUG.spec }]);
});

test('a saved plan approves what its documents say, whatever was written into its file', async () => {
  const world = startWorld({ mode: 'approve' });
  world.want([wanted('a')]);
  const plan = await world.control.plan({});
  const forged = wanted('a', { spec: { command: ['rm', '-r', '/'] } });
  const basis = { a: { ...plan.basis['a'], desired: forged } };
  // A whole plan again: only one version in it was replaced.
  await apply(world, { plan: { ...plan, ...JSON.parse(JSON.stringify({ basis })) } });
  expect(world.runtime.instances()).toMatchObject([{ spec: wanted('a').spec }]);
});

test('who does not wait is told that it has begun, and nothing of an end', async () => {
  const held = holdRestarts();
  const world = startWorld({ mode: 'approve', between: held.between });
  world.want([wanted('echo')]);
  await apply(world);
  world.want([wanted('echo', DEBUG)]);
  const begun = await apply(world, { wait: false });
  expect(begun).toMatchObject({
    outcome: 'begun',
    services: [{ name: 'echo', state: 'Updating' }],
  });
  held.open();
  await eventually(async () => expect(await world.states()).toEqual(['echo Running']));
  expect(await apply(world, { wait: false })).toMatchObject({ outcome: 'converged' });
});
