import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import type { CloudEvent } from '../../src/model/event.ts';
import type { ServiceStatus } from '../../src/model/status.ts';
import { eventually } from '../helpers/eventually.ts';
import { createWorkplace, type ManagerProcess, type Workplace } from '../helpers/manager.ts';
import { startLoad } from '../helpers/modern-load.ts';

// Changes of a stdio server behind the bridge and the embedded router, under steady calls.
const SERVER = fileURLToPath(new URL('../fixtures/mcp/stdio/server.ts', import.meta.url));
const ROLLOUTS = 10;
const PER_SECOND = 200;
const LAST_WORDS = 'cannot find my database';
const ENDS = `console.error(${JSON.stringify(LAST_WORDS)}); process.exit(7)`;
/** By round: it ends at its start, and it never answers. */
const BROKEN = new Map([
  [4, { command: ['node', '-e', ENDS], transport: 'http' }],
  [7, { command: ['node', '-e', 'setInterval(() => {}, 60_000)'] }],
]);

test('ten changes in a row cost no call, and those that do not work are rolled back', async () => {
  const place = createWorkplace(onTestFinished);
  declare(place, 0);
  const manager = await place.run();
  await manager.until({ echo: 'Running' }, 30_000);
  const { url = '', release: first } = await look(manager);
  const load = startLoad({ url, tool: 'test_simple_text', perSecond: PER_SECOND });
  const startMs = performance.now();
  let last = first;
  for (let round = 1; round <= ROLLOUTS; round += 1) {
    declare(place, round);
    last = await (BROKEN.has(round) ? untilRolledBack(manager, last) : untilNew(manager, last));
  }
  const { calls, failures } = await load.stop();
  const seconds = Math.round((performance.now() - startMs) / 1_000);
  console.log(`${calls} calls in ${seconds} s over ${ROLLOUTS} changes, ${failures.length} failed`);
  expect(failures).toEqual([]);
  expect(calls).toBeGreaterThan(PER_SECOND * ROLLOUTS);
  const told = await eventsOf(manager);
  const back = told.filter(({ type }) => type === 'io.mcpmanager.service.rolledback');
  expect(back.map(({ data }) => data['cause'])).toEqual([
    'crashed: exit code 7',
    expect.stringContaining('not verified in time'),
  ]);
  const failed = told.filter(({ type }) => type === 'io.mcpmanager.service.failed');
  expect(failed[0]?.data['lastLog']).toContain(LAST_WORDS);
  expect(bridges(place)).toHaveLength(1);
}, 120_000);

function declare(place: Workplace, round: number): void {
  place.declare('fleet.yaml', {
    echo: {
      transport: 'stdio',
      command: ['node', SERVER, 'both'],
      ...(BROKEN.get(round) ?? { stdio: { isolation: 'shared' } }),
      env: { ROUND: String(round) },
      rollout: { stableFor: '1s', drain: '3s', deadline: '6s' },
    },
  });
}

async function look(manager: ManagerProcess): Promise<ServiceStatus> {
  const { services } = await manager.control.status();
  const [echo] = services;
  if (echo === undefined) throw new Error('the service is unknown');
  return echo;
}

/** Another release serves alone; answers which. */
async function untilNew(manager: ManagerProcess, last: string | undefined) {
  return eventually(async () => {
    const { state, release, rollback } = await look(manager);
    expect([state, rollback, release === last]).toEqual(['Running', undefined, false]);
    return release;
  }, 30_000);
}

/** The same release as before serves; answers which. */
async function untilRolledBack(manager: ManagerProcess, last: string | undefined) {
  return eventually(async () => {
    const { state, release, rollback } = await look(manager);
    expect([state, rollback?.kind, release]).toEqual(['Failed', 'rolled-back', last]);
    return release;
  }, 30_000);
}

async function eventsOf(manager: ManagerProcess): Promise<readonly CloudEvent[]> {
  const events: CloudEvent[] = [];
  const query = { since: new Date(0).toISOString(), follow: false };
  for await (const event of manager.control.events(query, AbortSignal.timeout(5_000))) {
    events.push(event);
  }
  return events;
}

function bridges(place: Workplace): readonly string[] {
  return place
    .leftovers()
    .filter((line) => line.includes('programs/bridge') && !line.includes('programs/shim'));
}
