import { expect, onTestFinished, test } from 'vitest';
import { createMemoryLease } from '../../src/adapters/memory/lease.ts';
import { createMemoryProber } from '../../src/adapters/memory/prober.ts';
import { createMemoryRouter } from '../../src/adapters/memory/router.ts';
import { createMemoryRuntime } from '../../src/adapters/memory/runtime.ts';
import { openStore } from '../../src/adapters/sqlite/store.ts';
import type { ServiceHistory } from '../../src/model/history.ts';
import { desiredDigest } from '../../src/model/revision.ts';
import type { DesiredService } from '../../src/model/service.ts';
import type { Verification } from '../../src/model/verification.ts';
import type { PlanInput } from '../../src/plan/input.ts';
import { plan } from '../../src/plan/plan.ts';
import { createCommitQueue } from '../../src/reconcile/commit-queue.ts';
import { decide } from '../../src/reconcile/decide.ts';
import { WHATEVER_IS_PLANNED } from '../../src/reconcile/errand.ts';
import { createGatherFor } from '../../src/reconcile/gather.ts';
import { createReconciler } from '../../src/reconcile/reconciler.ts';
import type { Secrets, Store } from '../../src/ports.ts';
import { countTurns } from '../helpers/count-turns.ts';
import { checkOf, inputOf } from '../helpers/plan-input.ts';
import { found, wanted } from '../helpers/services.ts';

const { signal } = new AbortController();
const log = { debug() {}, info() {}, warn() {}, error() {} };
const NO_SECRETS: Secrets = {
  versions: async () => new Map(),
  resolve: async () => new Map(),
  keep: async () => {},
  fingerprint: async (text: string) => `of ${text}`,
  drop: async () => {},
};
const NAMES = Array.from({ length: 120 }, (_, index) => `service-${index}`);
const input = inputOf({ services: NAMES.map((name) => wanted(name)) });

test.each(['auto', 'approve'] as const)(
  'others get their turn while a large fleet is planned for in mode %s',
  async (mode) => {
    const { turns, result } = await countTurns(() => decide(input, mode));
    expect(turns).toBeGreaterThanOrEqual(2);
    expect(result.shown).toHaveLength(NAMES.length);
  },
);

test('a plan that is made in parts is the same plan', async () => {
  expect((await decide(input, 'auto')).plan).toEqual(plan(input));
});

test('what is recorded of a service while a pass plans is not overwritten by what it read before', async () => {
  const store = createStore();
  const service = 'service-0';
  const restarts = { count: 7, lastMs: 0, total: 7 };
  await passMeanwhile({ store, input, mode: 'auto' }, () =>
    store.commit([{ kind: 'history', service, history: { restarts } }]),
  );
  expect(store.histories().get(service)).toMatchObject({ restarts, accepted: { name: service } });
});

test('what is approved while a pass plans stays approved, a service that comes back included', async () => {
  const store = createStore();
  const before = historyOf(wanted('changed'));
  const gone = { ...historyOf(wanted('back')), removalApproved: true };
  store.commit([
    { kind: 'history', service: 'changed', history: before },
    { kind: 'history', service: 'back', history: gone },
  ]);
  const changed = wanted('changed', { spec: { env: { LEVEL: 'debug' } } });
  const services = [...input.desired.services, changed];
  const asked = inputOf({ services, histories: store.histories() });
  const approved = historyOf(changed);
  await passMeanwhile({ store, input: asked, mode: 'approve' }, () =>
    store.commit([
      { kind: 'history', service: 'changed', history: approved },
      { kind: 'history', service: 'back', history: historyOf(wanted('back')) },
    ]),
  );
  const kept = store.histories();
  expect(kept.get('changed')).toMatchObject({ acceptedDigest: approved.acceptedDigest });
  expect(kept.get('back')).toEqual(historyOf(wanted('back')));
});

test('what checks find while a plan is made is not in it', async () => {
  const verifications = new Map<string, Verification>();
  const gather = createGatherFor({
    runtimes: new Map([['memory', createMemoryRuntime().runtime]]),
    router: createMemoryRouter(),
    prober: createMemoryProber(),
    secrets: NO_SECRETS,
    store: createStore(),
    verifications: () => verifications,
    observer: () => ({}),
    maxPrunePercent: 30,
    clock: Date.now,
  })(() => input.desired);
  const gathered = await gather({ scope: 'all', deep: false }, new Set(), signal);
  verifications.set('i', checkOf(found('service-0')));
  expect(gathered.verifications).toEqual(new Map());
});

function historyOf(service: DesiredService): ServiceHistory {
  return { accepted: service, acceptedDigest: desiredDigest(service) };
}

function createStore(): Store {
  const store = openStore({
    file: ':memory:',
    source: '/test',
    clock: Date.now,
    keepUndelivered: false,
  });
  onTestFinished(() => store.close());
  return store;
}

interface Passed {
  readonly store: Store;
  readonly input: PlanInput;
  readonly mode: 'auto' | 'approve';
}

/** One pass over what was read, with something done in the first turn that it leaves to others. */
async function passMeanwhile({ store, input: read, mode }: Passed, meanwhile: () => void) {
  const reconciler = createReconciler({
    gather: async () => {
      setImmediate(meanwhile);
      return read;
    },
    mode,
    runtimes: new Map([['memory', createMemoryRuntime().runtime]]),
    router: createMemoryRouter(),
    secrets: NO_SECRETS,
    lease: createMemoryLease(),
    store,
    commits: createCommitQueue(store),
    clock: Date.now,
    log,
    wake: () => {},
    errand: () => WHATEVER_IS_PLANNED,
    onTargets: () => {},
  });
  await reconciler.pass({ scope: 'all', deep: false }, signal);
  await reconciler.rest();
}
