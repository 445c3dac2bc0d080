import { expect, test } from 'vitest';
import { withTools } from '../../src/adapters/memory/prober.ts';
import type { DesiredService } from '../../src/model/service.ts';
import { surfaceDigest, type ToolLock } from '../../src/model/tool-lock.ts';
import { eventually } from '../helpers/eventually.ts';
import { wanted } from '../helpers/services.ts';
import { startWorld, type TestWorld } from '../helpers/world.ts';

const schema = { type: 'object' };
const one = withTools([{ name: 'say', inputSchema: schema }]);
const two = withTools([
  { name: 'say', description: 'Sends it away first.', inputSchema: schema },
  { name: 'send', inputSchema: schema },
]);
const env = { LEVEL: 'debug' };
const lockOf = ({ surface = {} }: typeof one): { toolLock: ToolLock } => ({
  toolLock: {
    services: new Map([['echo', { tools: surface, digest: surfaceDigest(surface) }]]),
  },
});
const DIFFERS = 'its tools are not the approved ones: added send; changed say';

function echo(lock: 'off' | 'enforce' | undefined, spec = {}): DesiredService {
  const { verify } = wanted('echo');
  return wanted('echo', { spec, verify: { ...verify, ...(lock && { lock }) } });
}

/** A service that serves with the tools of `one`. */
async function startServing(lock: 'off' | 'enforce' | undefined): Promise<TestWorld> {
  const world = startWorld();
  world.prober.answer('echo', one);
  world.want([echo(lock)], lockOf(one));
  await becomes(world, 'Running', '');
  return world;
}

async function becomes(world: TestWorld, state: string, cause: string): Promise<void> {
  await eventually(async () => {
    const { services } = await world.control.status();
    expect(services).toMatchObject([{ state, cause: expect.stringContaining(cause) }]);
  });
}

const changesOf = (world: TestWorld) =>
  world.store
    .events(0, 1_000)
    .map(({ event }) => event)
    .filter(({ type }) => type === 'io.mcpmanager.tools.changed')
    .map(({ data }) => data);

test('a new release with tools that nobody approved serves, and is told of, where the lock warns', async () => {
  const world = await startServing(undefined);
  world.prober.answer('echo', two);
  world.want([echo(undefined, { env })], lockOf(one));
  await becomes(world, 'Running', `${DIFFERS}; \`mcp-manager lock echo\` approves them`);
  expect(changesOf(world)).toMatchObject([
    {
      added: ['send'],
      removed: [],
      changed: ['say'],
      lock: 'warn',
      unapproved: { added: ['send'] },
    },
  ]);
  const { services } = await world.control.status();
  expect(services[0]?.toolsChange).toMatchObject({ added: ['send'], changed: ['say'] });
});

test('it gets no traffic where the lock is to be kept, and all of it once somebody approved', async () => {
  const world = await startServing('enforce');
  const routes = world.router.calls.length;
  world.prober.answer('echo', two);
  world.want([echo('enforce', { env })], lockOf(one));
  await eventually(async () => {
    const [found] = (await world.control.status()).services;
    expect(found?.state).toBe('Updating');
    expect(found?.conditions).toContainEqual({
      type: 'Verified',
      status: 'False',
      reason: 'ToolsNotApproved',
      message: `${DIFFERS}; \`mcp-manager lock echo\` approves them`,
    });
  });
  expect(world.router.calls).toHaveLength(routes);
  await eventually(() =>
    expect(changesOf(world)).toMatchObject([{ lock: 'enforce', cause: DIFFERS }]),
  );
  expect(await world.control.recordedTools()).toMatchObject([{ tools: two.surface }]);
  world.want([echo('enforce', { env })], lockOf(two));
  await becomes(world, 'Running', '');
  expect(world.router.calls.length).toBeGreaterThan(routes);
});

test('what serves is not taken down for an approval that is taken back, and says so', async () => {
  const world = await startServing('enforce');
  const routes = world.router.calls.length;
  world.want([echo('enforce')], lockOf(two));
  await becomes(world, 'Degraded', 'removed send; changed say');
  expect(world.router.calls).toHaveLength(routes);
  world.want([echo('enforce')], lockOf(one));
  await becomes(world, 'Running', '');
});

test('nothing is said of tools where the lock is off, but that they changed', async () => {
  const world = await startServing('off');
  world.prober.answer('echo', two);
  world.want([echo('off', { env })], lockOf(one));
  await eventually(() =>
    expect(changesOf(world)).toMatchObject([{ added: ['send'], lock: 'off' }]),
  );
  await becomes(world, 'Running', '');
});

test('a lock that nobody can read lets no new release pass that is to keep it', async () => {
  const world = startWorld();
  world.want([echo('enforce')], { toolLock: { services: new Map(), trouble: 'it is broken' } });
  await becomes(world, 'Starting', 'nobody knows whether its tools are approved: it is broken');
  expect(world.router.calls).toEqual([]);
});
