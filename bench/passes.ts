import { WHATEVER_IS_PLANNED } from '../src/reconcile/errand.ts';
import { createMemoryLease } from '../src/adapters/memory/lease.ts';
import { createMemoryProber } from '../src/adapters/memory/prober.ts';
import { createCommitQueue } from '../src/reconcile/commit-queue.ts';
import { createGather } from '../src/reconcile/gather.ts';
import { createReconciler, type Reconciler } from '../src/reconcile/reconciler.ts';
import { plan } from '../src/plan/plan.ts';
import { toPlanDocument } from '../src/plan/document.ts';
import type { DesiredService } from '../src/model/service.ts';
import {
  createGround,
  type Ground,
  makeServices,
  NO_SECRETS,
  SETTINGS,
  SILENT,
  startFleet,
  untilAll,
} from './fleet.ts';
import { type Measured, measure, measureRounds, spreadOf } from './measure.ts';
import { formatMs, formatSpread, type Table } from './table.ts';
import { withFolder } from './folder.ts';

const SIZES = [10, 100, 1_000];
const ROUNDS = { rounds: 15, warmUp: 5 };
const { signal } = new AbortController();

/** The first start of a fleet, passes with nothing to do, and plans in which everything changes. */
export async function measurePasses(): Promise<readonly Table[]> {
  const starts: string[][] = [];
  const passes: string[][] = [];
  for (const size of SIZES) {
    await withFolder(async (folder) => {
      const ground = createGround(folder);
      starts.push(await measureStart(ground, size));
      passes.push(...(await measureRest(ground, size)));
      ground.store.close();
    });
  }
  return [startTable(starts), passTable(passes)];
}

async function measureStart(ground: Ground, size: number): Promise<string[]> {
  const fleet = startFleet({ ground });
  const { wallMs, cpuMs, blockMs } = await measure(async () => {
    fleet.want(makeServices(size));
    await untilAll(fleet, size);
  });
  await fleet.stop();
  const perService = (ground.commits() / size).toFixed(1);
  return [String(size), formatMs(wallMs), formatMs(cpuMs), formatMs(blockMs), perService];
}

/** Over what runs already, with everything that the first start wrote. */
async function measureRest(ground: Ground, size: number): Promise<string[][]> {
  let desired = makeServices(size);
  const gather = createBenchGather(ground, () => desired);
  const reconciler = createBenchReconciler(ground, gather);
  const pass = (): Promise<unknown> => reconciler.pass({ scope: 'all', deep: false }, signal);
  await pass();
  const calls = ground.world.calls.length;
  const commits = ground.commits();
  const rounds = await measureRounds(pass, ROUNDS);
  const all = ROUNDS.rounds + ROUNDS.warmUp;
  const listed = (ground.world.calls.length - calls) / all;
  const written = (ground.commits() - commits) / all;
  const counts = [String(listed), String(written)];
  const one = new Set(['service-0001']);
  const scoped = await measureRounds(
    () => reconciler.pass({ scope: one, deep: false }, signal),
    ROUNDS,
  );
  const look = { scope: 'all', deep: true } as const;
  const same = await gather(look, new Set(), signal);
  desired = makeServices(size, 'debug');
  const changed = await gather(look, new Set(), signal);
  const planned = await measureRounds(() => plan(changed), ROUNDS);
  const world = {
    desired: new Map(desired.map((service) => [service.name, service])),
    instances: ground.world.instances(),
    secrets: changed.secrets,
    images: changed.images,
  };
  const facts = { planId: 'p', managerId: 'm', nowMs: 0, world };
  const asked = await measureRounds(() => toPlanDocument(plan(changed), facts), ROUNDS);
  return [
    toRow(`${size}: fast pass, nothing to do`, rounds, counts),
    toRow(`${size}: pass over one service`, scoped, ['1', '0']),
    toRow(`${size}: plan, nothing to do`, await measureRounds(() => plan(same), ROUNDS), []),
    toRow(`${size}: plan, everything changed`, planned, []),
    toRow(`${size}: the same as a document`, asked, []),
  ];
}

function createBenchGather(ground: Ground, desired: () => readonly DesiredService[]) {
  const verifications = new Map(
    [...ground.store.histories().values()].flatMap(({ verification }) =>
      verification ? [[verification.instanceId, verification] as const] : [],
    ),
  );
  return createGather({
    desired: () => ({ services: desired(), frozen: [], problems: [], complete: true }),
    runtimes: new Map([['memory', ground.runtime]]),
    router: ground.router,
    prober: createMemoryProber(),
    secrets: NO_SECRETS,
    store: ground.store,
    verifications: () => verifications,
    observer: () => ({}),
    maxPrunePercent: SETTINGS.maxPrunePercent,
    clock: Date.now,
  });
}

function createBenchReconciler(
  { runtime, router, store }: Ground,
  gather: ReturnType<typeof createGather>,
): Reconciler {
  return createReconciler({
    gather,
    mode: 'auto',
    runtimes: new Map([['memory', runtime]]),
    router,
    secrets: NO_SECRETS,
    lease: createMemoryLease(),
    store,
    commits: createCommitQueue(store),
    clock: Date.now,
    log: SILENT,
    wake: () => {},
    errand: () => WHATEVER_IS_PLANNED,
    onTargets: () => {},
  });
}

function toRow(name: string, rounds: readonly Measured[], counts: readonly string[]): string[] {
  return [
    name,
    formatSpread(spreadOf(rounds.map(({ wallMs }) => wallMs))),
    formatSpread(spreadOf(rounds.map(({ cpuMs }) => cpuMs))),
    formatMs(Math.max(...rounds.map(({ blockMs }) => blockMs))),
    counts[0] ?? '',
    counts[1] ?? '',
  ];
}

function startTable(rows: readonly (readonly string[])[]): Table {
  return {
    title: 'First start of a fleet',
    notes: [
      'From the first sight of the documents until every service is created, started, verified and routed: memory runtime, store on the disk. ' +
        'The event loop may be blocked for at most 50 ms.',
    ],
    columns: ['services', 'wall ms', 'own CPU ms', 'longest block ms', 'commits per service'],
    rows,
  };
}

function passTable(rows: readonly (readonly string[])[]): Table {
  return {
    title: 'Passes and plans',
    notes: [
      `Median of ${ROUNDS.rounds} rounds (least–most). Targets with 1,000 services: a fast pass with nothing to do is one list call, < 50 ms of own CPU and no write; ` +
        'a full plan < 200 ms; the event loop is never blocked longer than 50 ms.',
    ],
    columns: [
      'services: what',
      'wall ms',
      'own CPU ms',
      'longest block ms',
      'list calls',
      'commits',
    ],
    rows,
  };
}
