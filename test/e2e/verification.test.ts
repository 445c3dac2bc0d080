import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CloudEvent } from '../../src/model/event.ts';
import type { ServiceStatus } from '../../src/model/status.ts';
import { askTool } from '../helpers/ask-tool.ts';
import { eventually } from '../helpers/eventually.ts';
import { createWorkplace, type ManagerProcess } from '../helpers/manager.ts';

// Servers that work, and then do not: one service each.
const FAULTY = fileURLToPath(new URL('../fixtures/programs/faulty.mjs', import.meta.url));
const place = createWorkplace(afterAll);
const verify = { every: '1s', timeout: '500ms' };
const never = new AbortController().signal;
let manager: ManagerProcess;

const faulty = (more: readonly string[] = [], checks: object = {}): object => ({
  command: ['node', FAULTY, ...more],
  verify: { ...verify, ...checks },
});

beforeAll(async () => {
  place.declare('fleet.yaml', {
    silent: faulty(),
    empty: faulty(),
    'no-list': faulty(),
    hang: faulty(),
    other: faulty(),
    busy: faulty(['busy=200']),
    calm: faulty([], { call: { name: 'break', arguments: { how: '' }, expect: 'as you like' } }),
    failing: faulty([], { call: { name: 'fail' }, startup: '1s' }),
  });
  manager = await place.run();
  const running = ['silent', 'empty', 'no-list', 'hang', 'other', 'busy', 'calm'];
  await manager.until(Object.fromEntries(running.map((name) => [name, 'Running'])), 30_000);
});

test.concurrent.each([
  ['silent', /^unresponsive: no answer within 0\.5s/],
  ['empty', /^unresponsive: answered 200 but not MCP: an empty body at \/mcp/],
  ['no-list', /^unresponsive: no answer within 0\.5s/],
  ['hang', /^unresponsive: no answer within 0\.5s/],
])(
  'a server that is %s is found and started again, and its last lines are told',
  async (how, cause) => {
    const url = await urlOf(how);
    const pid = await askTool(url, 'pid');
    await askTool(url, 'break', { how });
    await eventually(async () => expect(await askTool(url, 'pid')).not.toBe(pid), 60_000);
    await manager.until({ [how]: 'Running' });
    const [told] = (await eventsOf(how)).filter(({ type }) => type.endsWith('service.failed'));
    expect(told?.data).toMatchObject({
      cause: expect.stringMatching(cause),
      lastLog: expect.arrayContaining([`from now on it is ${how}`]),
    });
  },
);

test.concurrent('a server that lists other tools while it runs is found, and goes on', async () => {
  const url = await urlOf('other');
  const pid = await askTool(url, 'pid');
  await askTool(url, 'break', { how: 'other' });
  await eventually(async () => {
    const told = (await eventsOf('other')).filter(({ type }) => type.endsWith('tools.changed'));
    expect(told.map(({ data }) => data)).toMatchObject([{ added: ['late'], removed: [] }]);
  }, 30_000);
  expect(await askTool(url, 'pid')).toBe(pid);
});

test.concurrent('a server that has much to do is left alone as long as it answers', async () => {
  const url = await urlOf('busy');
  const pid = await askTool(url, 'pid');
  // Every check has to queue behind five calls, and so comes too late.
  const untilMs = performance.now() + 12_000;
  const client = async (): Promise<void> => {
    while (performance.now() < untilMs) await askTool(url, 'work');
  };
  await Promise.all(Array.from({ length: 6 }, client));
  expect(await askTool(url, 'pid')).toBe(pid);
  expect((await get('busy')).restarts).toBe(0);
});

test.concurrent('however often a server is checked, it has one session of the checks', async () => {
  const url = await urlOf('calm');
  await eventually(async () => {
    const checked = (await get('calm')).startedAtMs ?? Infinity;
    // A dozen checks, and with them a list and a call more.
    expect(Date.now() - checked).toBeGreaterThan(13_000);
  }, 30_000);
  await eventually(async () => expect(await askTool(url, 'sessions')).toBe('1'));
});

test('a call that a document asks for must succeed before traffic is sent', async () => {
  await manager.until({ failing: 'Failed' });
  const { cause } = await get('failing');
  expect(cause).toContain('not verified in time: the call of fail ended with an error: no disk');
  expect((await fetch(await urlOf('failing'), { method: 'POST' })).status).toBe(404);
});

async function get(name: string): Promise<ServiceStatus> {
  const { services } = await manager.control.status();
  const found = services.find((service) => service.name === name);
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
}

async function urlOf(name: string): Promise<string> {
  return (await get(name)).url ?? '';
}

async function eventsOf(service: string): Promise<readonly CloudEvent[]> {
  const since = new Date(0).toISOString();
  const query = { since, follow: false, service };
  const events: CloudEvent[] = [];
  for await (const event of manager.control.events(query, never)) events.push(event);
  return events;
}
