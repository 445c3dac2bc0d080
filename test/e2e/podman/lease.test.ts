import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { openEngine } from '../../../src/adapters/podman/engine.ts';
import { takeEngineLease } from '../../../src/adapters/podman/engine-lease.ts';
import { createMarkers } from '../../../src/adapters/podman/lease-marker.ts';
import type { Clock, Lease } from '../../../src/ports.ts';
import { startEngine } from '../../helpers/engine.ts';
import { eventually } from '../../helpers/eventually.ts';

const HOLDER = fileURLToPath(new URL('./hold-lease-process.ts', import.meta.url));
const engine = await startEngine(afterAll);

test('a second manager of the same id is refused, and told who holds it and where', async () => {
  const first = await holdElsewhere('twice');
  await expect(take('twice')).rejects.toMatchObject({
    code: 'LEASE_HELD',
    message: expect.stringMatching(
      new RegExp(`id twice .* by "run", process ${first.pid} on here, state folder /where/it/is,`),
    ),
    hint: expect.stringContaining('MANAGER_ID'),
  });
  expect(await markersOf('twice')).toEqual(['mcp-manager-lease-twice-1']);
});

test('the lease of a manager that was killed is taken at once', async () => {
  const first = await holdElsewhere('killed');
  first.kill('SIGKILL');
  await once(first, 'close');
  await take('killed');
  expect(await markersOf('killed')).toEqual(['mcp-manager-lease-killed-2']);
});

test('of ten that start at once one gets it', async () => {
  const all = await Promise.allSettled(Array.from({ length: 10 }, () => take('crowd')));
  const refused = all.flatMap((each) => (each.status === 'rejected' ? [each.reason.code] : []));
  expect(refused).toEqual(Array.from({ length: 9 }, () => 'LEASE_HELD'));
  expect(await markersOf('crowd')).toHaveLength(1);
});

test('managers of different ids do not meet, and an end leaves nothing', async () => {
  const one = await take('a');
  const other = await take('a-1');
  expect(await markersOf('a')).toEqual(['mcp-manager-lease-a-1']);
  await Promise.all([one.release(), other.release(), one.release()]);
  expect(await markersOf('a')).toEqual([]);
  expect(await markersOf('a-1')).toEqual([]);
  await take('a');
});

test('a holder on another machine is waited for, and its lease taken when that has expired', async () => {
  const startMs = Date.now();
  let nowMs = startMs + 80_000;
  await plant('far', { number: 4, renewedAtMs: startMs });
  const warnings: string[] = [];
  const taking = take('far', { clock: () => nowMs, warn: (message) => warnings.push(message) });
  await eventually(() => expect(warnings).toEqual([expect.stringContaining('waiting')]));
  nowMs = startMs + 90_001;
  await taking;
  expect(await markersOf('far')).toEqual(['mcp-manager-lease-far-5']);
});

test('a holder on another machine that renews its lease keeps it', async () => {
  const nowMs = Date.now();
  await plant('alive', { number: 1, renewedAtMs: nowMs - 20_000 });
  const warnings: string[] = [];
  const taking = take('alive', { clock: () => nowMs, warn: (message) => warnings.push(message) });
  taking.catch(() => undefined);
  await eventually(() => expect(warnings).toHaveLength(1));
  await plant('alive', { number: 2, renewedAtMs: nowMs });
  await engine.podman('volume', 'rm', 'mcp-manager-lease-alive-1');
  await expect(taking).rejects.toMatchObject({ code: 'LEASE_HELD' });
});

test('a marker that was removed by hand is there again before the next step', async () => {
  const clock = createClock();
  const lease = await take('pruned', { clock: clock.now });
  await engine.podman('volume', 'prune', '--force');
  clock.forward(2_000);
  await lease.confirm();
  expect(await markersOf('pruned')).toEqual(['mcp-manager-lease-pruned-1']);
  expect(lease.lost.aborted).toBe(false);
});

test('a manager that slept past its time goes on, unless somebody else came meanwhile', async () => {
  const clock = createClock();
  const lease = await take('slept', { clock: clock.now });
  clock.forward(600_000);
  await lease.confirm();
  expect(await markersOf('slept')).toEqual(['mcp-manager-lease-slept-2']);
  clock.forward(600_000);
  await plant('slept', { number: 3, renewedAtMs: clock.now() });
  await engine.podman('volume', 'rm', 'mcp-manager-lease-slept-2');
  await expect(lease.confirm()).rejects.toMatchObject({
    code: 'LEASE_HELD',
    message: expect.stringContaining('was lost: it is held by "run", process 7 on far'),
  });
  expect(lease.lost.aborted).toBe(true);
  await lease.release();
  expect(await markersOf('slept')).toEqual(['mcp-manager-lease-slept-3']);
});

test('a step does not begin while the engine cannot say who holds the lease', async () => {
  const clock = createClock();
  const lease = await take('silent', { clock: clock.now });
  await engine.kill();
  clock.forward(2_000);
  await expect(lease.confirm()).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
  await engine.start();
  await lease.confirm();
  expect(lease.lost.aborted).toBe(false);
});

test('without an engine a manager starts all the same, and takes the lease before its first step', async () => {
  await engine.kill();
  const lease = await take('early');
  await expect(lease.confirm()).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
  await engine.start();
  await lease.confirm();
  expect(await markersOf('early')).toEqual(['mcp-manager-lease-early-1']);
});

test('a volume of somebody else that has the name of a marker is told, not taken', async () => {
  await engine.podman('volume', 'create', 'mcp-manager-lease-foreign-1');
  await expect(take('foreign')).rejects.toMatchObject({
    code: 'NAME_TAKEN',
    message: expect.stringContaining('mcp-manager-lease-foreign-1'),
  });
});

interface TakeOptions {
  readonly clock?: Clock;
  readonly warn?: (message: string) => void;
}

async function take(
  managerId: string,
  { clock = Date.now, warn = () => {} }: TakeOptions = {},
): Promise<Lease> {
  const log = {
    debug() {},
    info() {},
    warn: (_: object, message: string) => warn(message),
    error() {},
  };
  const holder = { pid: process.pid, host: 'test', what: 'run', stateFolder: '/', startedAtMs: 0 };
  const client = openEngine({ socket: engine.socket });
  const options = { engine: client, managerId, holder, clock, log };
  const lease = await takeEngineLease(options, aMoment());
  onTestFinished(() => lease.release());
  return lease;
}

async function holdElsewhere(managerId: string): Promise<ChildProcess> {
  const args = [HOLDER, engine.socket, managerId, '/where/it/is'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(createInterface({ input: child.stdout }), 'line');
  return child;
}

/** A marker as a manager on another machine would have left it. */
async function plant(
  managerId: string,
  { number, renewedAtMs }: { readonly number: number; readonly renewedAtMs: number },
): Promise<void> {
  const machine = { machineId: 'far', bootId: 'far', namespace: 'far', pid: 7, startTicks: '1' };
  const holder = {
    token: `far-${managerId}`,
    process: machine,
    pid: 7,
    host: 'far',
    what: 'run',
    stateFolder: '/far',
    startedAtMs: 0,
  };
  const client = openEngine({ socket: engine.socket });
  await createMarkers(client, managerId).create(number, { holder, renewedAtMs }, aMoment());
  client.close();
}

function aMoment(): AbortSignal {
  return AbortSignal.timeout(20_000);
}

async function markersOf(managerId: string): Promise<readonly string[]> {
  const filter = `label=mcp-manager.io/lease=${managerId}`;
  const names = await engine.podman('volume', 'ls', '--quiet', '--filter', filter);
  return names.split('\n').filter((name) => name !== '');
}

function createClock(): { now(): number; forward(ms: number): void } {
  let aheadMs = 0;
  return {
    now: () => Date.now() + aheadMs,
    forward: (ms) => {
      aheadMs += ms;
    },
  };
}
