import { expect, onTestFinished, test } from 'vitest';
import { RETENTION } from '../../src/adapters/sqlite/retention.ts';
import { openStore } from '../../src/adapters/sqlite/store.ts';
import type { EventQuery } from '../../src/control.ts';
import type { CloudEvent, NewEvent } from '../../src/model/event.ts';
import { announceCommits } from '../../src/reconcile/announce.ts';
import { readEvents } from '../../src/reconcile/event-feed.ts';

const ANOTHER = '0198c0de-0000-7000-8000-000000000000';
const FIRST_KEPT = 91;

/** A hundred events, of which the last ten are kept. */
function open() {
  const store = openStore({
    file: ':memory:',
    source: '/test',
    clock: Date.now,
    keepUndelivered: false,
    retention: { ...RETENTION, events: 10 },
  });
  onTestFinished(() => store.close());
  const announcements = announceCommits(store);
  const write = (count: number) =>
    announcements.store.commit(
      Array.from({ length: count }, () => ({ kind: 'event', event: someNews() }) as const),
    );
  write(100);
  const { producer } = store;
  const read = (query: Partial<EventQuery>, signal = AbortSignal.timeout(30_000)) =>
    readEvents(announcements, { follow: false, ...query }, signal);
  const idOf = (number: number): string => `${producer}/${number}`;
  return { read, write, idOf };
}

async function readAll(reading: AsyncIterable<CloudEvent>): Promise<readonly CloudEvent[]> {
  const events: CloudEvent[] = [];
  for await (const event of reading) events.push(event);
  return events;
}

function someNews(): NewEvent {
  return { type: 'service.started', subject: 'echo', timeMs: 0, data: {} };
}

test.each([
  ['this manager', (idOf: (number: number) => string) => idOf(50), 51],
  ['another one', () => `${ANOTHER}/50`, 1],
])(
  'who reads on after an event of %s is told first what is no longer kept',
  async (_whose, since, first) => {
    const { read, idOf } = open();
    const [told, next] = await readAll(read({ since: since(idOf) }));
    expect(told).toMatchObject({
      id: idOf(FIRST_KEPT - 1),
      type: 'io.mcpmanager.events.trimmed',
      sequence: '0',
      data: { first, last: FIRST_KEPT - 1 },
    });
    expect(next).toMatchObject({ id: idOf(FIRST_KEPT), source: told?.source });
  },
);

test('that is told whatever else is asked for, and once', async () => {
  const { read, idOf } = open();
  const query = { service: 'other', types: ['drift'] };
  const [told, ...others] = await readAll(read({ ...query, since: idOf(50) }));
  expect([told?.type, others]).toEqual(['io.mcpmanager.events.trimmed', []]);
  expect(await readAll(read({ ...query, since: told?.id ?? '' }))).toEqual([]);
});

test.each([
  ['asks for whatever is kept', () => ({})],
  ['asks from a time on', () => ({ since: '1970-01-01T00:00:00Z' })],
  ['has read the last one that went', (idOf: (number: number) => string) => ({ since: idOf(90) })],
])('who %s misses nothing', async (_who, query) => {
  const { read, idOf } = open();
  const events = await readAll(read(query(idOf)));
  expect(events.map(({ id }) => id)).toEqual(Array.from({ length: 10 }, (_, n) => idOf(91 + n)));
});

test('who reads too slowly is told what went meanwhile', async () => {
  const { read, write, idOf } = open();
  const reading = read({ follow: true, since: idOf(90) })[Symbol.asyncIterator]();
  for (let number = 91; number <= 99; number += 1) await reading.next();
  write(100);
  expect(await reading.next()).toMatchObject({ value: { id: idOf(100) } });
  expect(await reading.next()).toMatchObject({
    value: { type: 'io.mcpmanager.events.trimmed', data: { first: 101, last: 190 } },
  });
  expect(await reading.next()).toMatchObject({ value: { id: idOf(191) } });
});
