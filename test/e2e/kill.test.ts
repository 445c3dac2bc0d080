import { setTimeout as pause } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import type { CloudEvent } from '../../src/model/event.ts';
import { askTool } from '../helpers/ask-tool.ts';
import { eventually } from '../helpers/eventually.ts';
import { createWorkplace, type ManagerProcess, tiny, type Workplace } from '../helpers/manager.ts';
import { createRedisServer, type RedisServer } from '../helpers/redis.ts';

const KILLS = 20;
const NAMES = ['one', 'two', 'three'];
/** About as long as a start, or as the edits and applies after it, take; a kill may hit any moment. */
const LONGEST_LIFE_MS = 1_000;
/** Fewer would mean that the kills hit managers that had nothing to do. */
const FEWEST_EVENTS = 5 * KILLS;
const GONE_WITHIN_MS = 1_000;
const STREAM = '{mcp-manager}:events';

test('a manager that is killed again and again leaves nothing, converges, and tells a whole story', async () => {
  const redis = await createRedisServer();
  await redis.start();
  const place = createWorkplace(onTestFinished);
  place.environment['REDIS_URL'] = redis.url;
  declare(place, 0);
  const url = await learnUrl(place);

  const lives: Life[] = [];
  for (let kill = 1; kill <= KILLS; kill += 1) lives.push(await liveAndBeKilled(place, kill));
  console.log(`killed after ${lives.map(({ told }) => told).join(', ')}`);
  // One life alone says more of what else the machine did meanwhile.
  expect(median(lives.map(({ goneMs }) => goneMs))).toBeLessThan(GONE_WITHIN_MS);

  declare(place, KILLS + 1);
  const manager = await place.run();
  await manager.until(allIn('Running'));
  expect((await urlsOf(manager))[0]).toBe(url);
  expect(await askTool(url)).toBe(`edit ${KILLS + 1}`);
  const events = await eventually(() => expectWholeStory(redis, manager));
  const interrupted = events.filter(({ data }) => data['code'] === 'INTERRUPTED').length;
  console.log(`${events.length} events, all in order; ${interrupted} steps were interrupted`);
  expect(events.length).toBeGreaterThan(FEWEST_EVENTS);
  expect(interrupted).toBeGreaterThan(0);
  expect((await manager.end()).code).toBe(0);
  await eventually(() => expect(place.leftovers()).toEqual([]));
});

interface Life {
  readonly told: string;
  readonly goneMs: number;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? NaN;
}

/** The address that must stay, from a first life that ends in peace. */
async function learnUrl(place: Workplace): Promise<string> {
  const manager = await place.run();
  await manager.until(allIn('Running'));
  const [url = ''] = await urlsOf(manager);
  await manager.end();
  return url;
}

/**
 * Starts a manager, edits while it works, kills it at a random moment; nothing is left of it.
 * Every other life counts from when it is ready, so that a slow machine does not kill sleepers alone.
 */
async function liveAndBeKilled(place: Workplace, life: number): Promise<Life> {
  const works = life % 2 === 0;
  const waits = life % 4 === 0;
  const manager = place.start('run', '--runtime', 'process', ...(waits ? ['--approve'] : []));
  if (works) await manager.said(/is ready/);
  const lifeMs = Math.round(Math.random() * LONGEST_LIFE_MS);
  const editMs = Math.round(Math.random() * lifeMs);
  await pause(editMs);
  declare(place, life);
  const applying = waits ? place.cli('apply', '--auto-approve') : undefined;
  await pause(lifeMs - editMs);
  manager.kill('SIGKILL');
  const killedMs = performance.now();
  expect((await manager.exited).signal).toBe('SIGKILL');
  await applying;
  await eventually(() => expect(place.leftovers()).toEqual([]));
  const goneMs = Math.round(performance.now() - killedMs);
  return { told: `${lifeMs} ms${works ? ' of work' : ''} (gone ${goneMs} ms later)`, goneMs };
}

function declare(place: Workplace, edit: number): void {
  const service = tiny([], {
    env: { GREETING: `edit ${edit}` },
    rollout: { stableFor: '0s', drain: '1s' },
  });
  place.declare('fleet.yaml', Object.fromEntries(NAMES.map((name) => [name, service])));
}

function allIn(state: string): Record<string, string> {
  return Object.fromEntries(NAMES.map((name) => [name, state]));
}

async function urlsOf(manager: ManagerProcess): Promise<readonly string[]> {
  const { services } = await manager.control.status();
  return NAMES.map((name) => services.find((service) => service.name === name)?.url ?? '');
}

/** Every number once and in order, every step with its end, and all that the manager itself tells. */
async function expectWholeStory(
  redis: RedisServer,
  manager: ManagerProcess,
): Promise<readonly CloudEvent[]> {
  const events = await readStream(redis);
  const producers = new Set(events.map(({ id }) => id.split('/')[0]));
  expect(producers.size).toBe(1);
  const numbers = events.map(({ id }) => Number(id.split('/')[1]));
  expect(numbers).toEqual(numbers.map((_number, index) => index + 1));
  expect(findOpenSteps(events)).toEqual([]);
  const own: CloudEvent[] = [];
  const query = { since: new Date(0).toISOString(), follow: false };
  for await (const event of manager.control.events(query, AbortSignal.timeout(5_000))) {
    own.push(event);
  }
  expect(events.slice(-own.length)).toEqual(own);
  return events;
}

async function readStream({ client }: RedisServer): Promise<readonly CloudEvent[]> {
  const entries = await client.xrange(STREAM, '-', '+');
  return entries.map(([, fields]): CloudEvent => JSON.parse(fields.find(isJson) ?? 'null'));
}

function isJson(field: string): boolean {
  return field.startsWith('{');
}

/** Steps that began and have no end, or a second end; one service does one step at a time. */
function findOpenSteps(events: readonly CloudEvent[]): readonly string[] {
  const open = new Map<string, string>();
  const wrong: string[] = [];
  for (const { type, subject = '', data, id } of events) {
    const step = `${String(data['step'])} of ${subject}`;
    if (type === 'io.mcpmanager.step.started') {
      if (open.has(subject)) wrong.push(`${id} begins ${step} before ${open.get(subject)} ended`);
      open.set(subject, step);
    } else if (type === 'io.mcpmanager.step.completed' || type === 'io.mcpmanager.step.failed') {
      if (open.get(subject) !== step) wrong.push(`${id} ends ${step}, which did not run`);
      open.delete(subject);
    }
  }
  return [...wrong, ...[...open.values()].map((step) => `${step} has no end`)];
}
