import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { expect, onTestFinished, test } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { createWorkplace, type ManagerProcess, type Workplace } from '../helpers/manager.ts';
import { startLoad } from '../helpers/modern-load.ts';
import { callTool, connectClient } from '../helpers/sdk-client.ts';

// What clients of both eras see of the bridge's instances that come and go behind the embedded router.
const SERVER = fileURLToPath(new URL('../fixtures/mcp/stdio/server.ts', import.meta.url));
const SESSIONS = 20;
const DRAIN_MS = 6_000;

interface Edit {
  readonly round: string;
  readonly replicas?: number;
}

function declare(place: Workplace, { round, replicas = 1 }: Edit): void {
  place.declare('fleet.yaml', {
    echo: {
      transport: 'stdio',
      command: ['node', SERVER, 'both'],
      replicas,
      env: { ROUND: round },
      stdio: { isolation: 'shared' },
      rollout: { stableFor: '1s', drain: `${DRAIN_MS / 1_000}s`, deadline: '10s' },
    },
  });
}

async function begin(edit: Edit) {
  const place = createWorkplace(onTestFinished);
  declare(place, edit);
  const manager = await place.run();
  await manager.until({ echo: 'Running' }, 30_000);
  const { services } = await manager.control.status();
  return { place, manager, url: services[0]?.url ?? '' };
}

/** Which version of the server answers in this session. */
const roundOf = (client: Client): Promise<string> =>
  callTool(client, 'environment', { name: 'ROUND' });

test('sessions go on at the old instance until the drain is over, and new ones begin at the new', async () => {
  const { place, manager, url } = await begin({ round: 'one' });
  const clients = await connectAll(url);
  const load = startLoad({ url, tool: 'test_simple_text', perSecond: 200 });
  declare(place, { round: 'two' });
  const use = clients.map(useUntilItEnds);
  await eventually(async () => {
    const fresh = await connectClient(url, 'legacy');
    expect(await roundOf(fresh)).toBe('two');
  }, 20_000);
  const lives = await Promise.all(use);
  await manager.until({ echo: 'Running' }, 20_000);
  const { calls, failures } = await load.stop();
  const switchedMs = await switchedAtMs(manager);
  const shortest = Math.min(...lives.map(({ endMs }) => endMs)) - switchedMs;
  const answered = lives.reduce((sum, { answers }) => sum + answers.length, 0);
  console.log(
    `${calls} calls, ${failures.length} failed; ${SESSIONS} sessions, ${answered} answers,`,
  );
  console.log(`the first one ended ${shortest} ms after the switch`);
  expect(failures).toEqual([]);
  expect(new Set(lives.flatMap(({ answers }) => answers))).toEqual(new Set(['one']));
  expect(shortest).toBeGreaterThanOrEqual(DRAIN_MS);
}, 60_000);

test('an old instance goes as soon as its last session was ended', async () => {
  const { place, manager, url } = await begin({ round: 'one' });
  const client = await connectClient(url, 'legacy');
  declare(place, { round: 'two' });
  await eventually(async () => {
    expect(await switchedAtMs(manager)).toBeGreaterThan(0);
  }, 20_000);
  expect(await roundOf(client)).toBe('one');
  await endSession(client);
  await eventually(() => expect(bridges(place)).toHaveLength(1), 20_000);
  expect(Date.now() - (await switchedAtMs(manager))).toBeLessThan(DRAIN_MS);
}, 60_000);

test('several instances share the calls, keep their sessions, and come and go without a lost call', async () => {
  const { place, manager, url } = await begin({ round: 'one' });
  const load = startLoad({ url, tool: 'test_simple_text', perSecond: 200 });
  declare(place, { round: 'one', replicas: 3 });
  await untilServing(manager, place, 3);
  const clients = await connectAll(url);
  const homes = await Promise.all(clients.map(homeOf));
  expect(new Set(homes).size).toBe(3);
  const lives = clients.map((client) => useUntilItEnds(client));
  declare(place, { round: 'one', replicas: 2 });
  await untilServing(manager, place, 2);
  const switchedMs = await switchedAtMs(manager);
  const { calls, failures } = await load.stop();
  expect(failures).toEqual([]);
  // What stayed goes on; what went had its time.
  const going = await Promise.all(clients.map((client) => homeOf(client).catch(() => 'gone')));
  const stayed = new Set(going.filter((home) => home !== 'gone'));
  expect(stayed.size).toBe(2);
  for (const [index, home] of going.entries()) expect([homes[index], 'gone']).toContain(home);
  const left = lives.filter((_life, index) => going[index] === 'gone');
  expect(left.length).toBe(homes.filter((home) => !stayed.has(home)).length);
  const ends = (await Promise.all(left)).map(({ endMs }) => endMs - switchedMs);
  expect(Math.min(...ends)).toBeGreaterThanOrEqual(DRAIN_MS);
  console.log(
    `${calls} calls from 1 to 3 to 2 instances, ${failures.length} failed; ${left.length} of ${SESSIONS} sessions ended, the first ${Math.min(...ends)} ms after the switch`,
  );
}, 60_000);

interface Life {
  readonly answers: readonly string[];
  readonly endMs: number;
}

const PAUSE_MS = 100;

/** Calls again and again until the session is over, or the client is closed. */
async function useUntilItEnds(client: Client): Promise<Life> {
  const answers: string[] = [];
  for (;;) {
    const answer = await roundOf(client).catch(() => undefined);
    if (answer === undefined) return { answers, endMs: Date.now() };
    answers.push(answer);
    await pause(PAUSE_MS);
  }
}

/** As a client does that is polite. */
async function endSession({ transport }: Client): Promise<void> {
  expect(transport).toBeInstanceOf(StreamableHTTPClientTransport);
  if (transport instanceof StreamableHTTPClientTransport) await transport.terminateSession();
}

/** The process of the server that answers in this session. */
function homeOf(client: Client): Promise<string> {
  return callTool(client, 'say');
}

function connectAll(url: string): Promise<readonly Client[]> {
  return Promise.all(Array.from({ length: SESSIONS }, () => connectClient(url, 'legacy')));
}

/** When the traffic went to what has it now; 0 while it has not moved. */
async function switchedAtMs(manager: ManagerProcess): Promise<number> {
  const entries = await manager.control.history({ service: 'echo', limit: 20 });
  const moved = entries.find(({ kind, cause }) => kind === 'route' && cause.endsWith('moved'));
  return moved?.endedAtMs ?? 0;
}

async function untilServing(
  manager: ManagerProcess,
  place: Workplace,
  count: number,
): Promise<void> {
  await eventually(async () => {
    expect(bridges(place)).toHaveLength(count);
    const { changes } = await manager.control.plan({});
    expect(changes).toEqual([]);
  }, 30_000);
}

function bridges(place: Workplace): readonly string[] {
  return place
    .leftovers()
    .filter((line) => line.includes('programs/bridge') && !line.includes('programs/shim'));
}
