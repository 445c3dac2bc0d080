import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { createMetrics } from '../../src/adapters/prometheus/metrics.ts';
import type { CoreHearing, CoreParts } from '../../src/core-ports.ts';
import { AppError } from '../../src/errors.ts';
import type { CoreListing, CoreTelling } from '../../src/model/core.ts';

const { signal } = new AbortController();

const listing = (complete: boolean): CoreListing => ({ ok: true, wishes: [], complete });
const telling = (word: CoreTelling['report']['word']): CoreTelling => {
  return { instanceId: 'a', name: 'A', report: { word }, atMs: 1, seed: 'a' };
};

/** Of a core whose list says these things in turn, and whose Redis is as it is set. */
function open(listings: CoreListing[]) {
  const redis = { isAway: false };
  let hearing: CoreHearing | undefined;
  const real: CoreParts = {
    link: {
      listen: (heard) => void (hearing = heard),
      async tell() {
        if (redis.isAway) throw new AppError('BROKER_UNAVAILABLE', 'Redis is away');
      },
      troubles: () => [],
      close: async () => {},
    },
    list: {
      isOfOneWorkspace: false,
      read: async () => listings.shift() ?? { ok: false, cause: 'nothing is left' },
    },
    syncMs: 1_000,
    fingerprint: (text) => text,
    reportOf: () => undefined,
    close: async () => {},
  };
  const registry = new Registry();
  const options = { version: '1', nodeVersion: 'v24', runtime: 'memory', clock: Date.now };
  const parts = createMetrics(registry, options).core(real);
  const counted = async (): Promise<readonly string[]> => {
    const text = await registry.metrics();
    return text.split('\n').filter((line) => line.startsWith('mcp_manager_core_'));
  };
  return { parts, redis, counted, hearing: () => hearing };
}

test('messages of core are counted by what they want, also those that want nothing', async () => {
  const { parts, hearing, counted } = open([]);
  const taken: string[] = [];
  parts.link.listen({ take: ({ kind }) => taken.push(kind), connected: () => {} }, signal);
  hearing()?.take({ kind: 'deleted', instanceId: 'a' }, 10);
  hearing()?.take({ kind: 'deleted', instanceId: 'b' }, 10);
  hearing()?.left?.('malformed');
  expect(taken).toEqual(['deleted', 'deleted']);
  expect(await counted()).toEqual([
    'mcp_manager_core_messages_total{kind="deleted"} 2',
    'mcp_manager_core_messages_total{kind="malformed"} 1',
  ]);
});

test('statuses are counted by their word, and whether Redis took them', async () => {
  const { parts, redis, counted } = open([]);
  await parts.link.tell([telling('running'), telling('stopped')], signal);
  redis.isAway = true;
  await expect(parts.link.tell([telling('running')], signal)).rejects.toThrow('Redis is away');
  expect(await counted()).toEqual([
    'mcp_manager_core_statuses_total{status="running",outcome="ok"} 1',
    'mcp_manager_core_statuses_total{status="stopped",outcome="ok"} 1',
    'mcp_manager_core_statuses_total{status="running",outcome="failed"} 1',
  ]);
});

test('readings of the list of core are counted by how much they said', async () => {
  const { parts, counted } = open([listing(true), listing(false)]);
  for (let time = 0; time < 3; time += 1) await parts.list?.read(signal);
  expect(await counted()).toEqual([
    'mcp_manager_core_list_reads_total{outcome="complete"} 1',
    'mcp_manager_core_list_reads_total{outcome="incomplete"} 1',
    'mcp_manager_core_list_reads_total{outcome="failed"} 1',
  ]);
});
