import { expect, onTestFinished, test } from 'vitest';
import { openStore } from '../../../src/adapters/sqlite/store.ts';
import type { ServiceDetail } from '../../../src/control.ts';
import { AppError } from '../../../src/errors.ts';
import type { CoreMemory, CoreTelling } from '../../../src/model/core.ts';
import { toStatusReport } from '../../../src/platform/status-word.ts';
import { createCoreMemories } from '../../../src/reconcile/core/memory.ts';
import { createCoreTeller } from '../../../src/reconcile/core/teller.ts';
import { someStatus } from '../../http/fake-control.ts';
import { eventually } from '../../helpers/eventually.ts';
import { wanted } from '../../helpers/services.ts';

const TOLD = { key: JSON.stringify(['running', null]), name: 'Echo' };

interface Setting {
  readonly details?: readonly ServiceDetail[];
  readonly remembered?: Readonly<Record<string, CoreMemory>>;
  /** So many attempts of telling fail; whether core has heard it nobody knows. */
  readonly failures?: number;
}

/** What core is told of these services, in order. */
async function tell({ details = [], remembered = {}, failures = 0 }: Setting) {
  let nowMs = 0;
  const clock = () => (nowMs += 1_000);
  const store = openStore({ file: ':memory:', source: '/test', clock, keepUndelivered: false });
  const memories = createCoreMemories(store, clock);
  memories.change(new Map(Object.entries(remembered).map(([id, memory]) => [id, () => memory])));
  const sent: CoreTelling[] = [];
  let left = failures;
  const teller = createCoreTeller({
    link: {
      listen: () => {},
      troubles: () => [],
      close: async () => {},
      tell: async (tellings) => {
        sent.push(...tellings);
        left -= 1;
        if (left >= 0) throw new AppError('BROKER_UNAVAILABLE', 'its answer is lost');
      },
    },
    reportOf: toStatusReport,
    inspection: { details: () => details },
    memories,
    clock,
  });
  const ending = new AbortController();
  const running = teller.run(ending.signal);
  onTestFinished(async () => {
    ending.abort();
    await running;
    store.close();
  });
  teller.wake();
  await eventually(() => expect(sent.length).toBeGreaterThan(failures));
  await eventually(() => expect(teller.troubles()).toEqual([]));
  return { sent, memories };
}

test('what is gone is told as stopped once, and is forgotten', async () => {
  const { sent, memories } = await tell({ remembered: { a: { service: 'echo', told: TOLD } } });
  expect(sent).toMatchObject([{ instanceId: 'a', name: 'Echo', report: { word: 'stopped' } }]);
  expect(memories.of('a').told).toBeUndefined();
});

test('what is told again after its answer was lost is the same message', async () => {
  const { sent } = await tell({ remembered: { a: { told: TOLD } }, failures: 2 });
  expect(sent).toHaveLength(3);
  expect(new Set(sent.map(({ seed }) => seed)).size).toBe(1);
});

test('an instance whose service was given another id is gone: it is not told the state of that one', async () => {
  const service = wanted('echo', { platform: { instanceId: 'new' } });
  const details = [{ status: someStatus('echo'), desired: service, containerIds: [] }];
  const { sent } = await tell({ details, remembered: { old: { service: 'echo', told: TOLD } } });
  const told = new Map(sent.map(({ instanceId, report }) => [instanceId, report.word]));
  expect(told.get('old')).toBe('stopped');
  expect(told.has('new')).toBe(true);
});

test('of a document that cannot be read now the service it made goes on to be told', async () => {
  const details = [{ status: someStatus('echo'), containerIds: [] }];
  const { sent } = await tell({ details, remembered: { a: { service: 'echo', told: TOLD } } });
  expect(sent).toMatchObject([{ instanceId: 'a', report: toStatusReport(someStatus('echo')) }]);
});

test('what core asked to hear again it hears again, though nothing has changed', async () => {
  const status = someStatus('echo', { state: 'Stopped', conditions: [] });
  const desired = wanted('echo', { platform: { instanceId: 'a', serviceName: 'Echo' } });
  const details = [{ status, desired, containerIds: [] }];
  const { sent, memories } = await tell({
    details,
    remembered: { a: { told: { key: '', name: 'Echo' } } },
  });
  expect(sent).toMatchObject([{ instanceId: 'a', name: 'Echo', report: { word: 'stopped' } }]);
  expect(memories.of('a').told?.key).not.toBe('');
});

test('of what is being switched off nothing is told before it has ended', async () => {
  const desired = wanted('echo', { power: 'off' });
  const other = wanted('other', { platform: { instanceId: 'b' } });
  const details = (['Updating', 'Starting'] as const).map((state) => ({
    status: someStatus('echo', { state, conditions: [] }),
    desired: { ...desired, platform: { instanceId: state } },
    containerIds: [],
  }));
  const running = { status: someStatus('other'), desired: other, containerIds: [] };
  const { sent } = await tell({ details: [...details, running] });
  expect(sent.map(({ instanceId }) => instanceId)).toEqual(['b']);
});

test('what had stopped before it went is forgotten without another word', async () => {
  const stopped = { ...TOLD, key: JSON.stringify(['stopped', null]) };
  const { sent, memories } = await tell({
    remembered: { a: { told: stopped }, b: { told: TOLD } },
  });
  expect(sent.map(({ instanceId }) => instanceId)).toEqual(['b']);
  await eventually(() => expect([...memories.all().keys()]).toEqual([]));
});
