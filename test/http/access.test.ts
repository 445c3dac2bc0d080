import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NewToken } from '../../src/access-ports.ts';
import { createApp } from '../../src/http/app.ts';
import { ACCESS, isRoleEnough, ROLES, type RouteAccess } from '../../src/model/access.ts';
import { formatTable, readRows } from '../helpers/markdown-table.ts';
import { createFakeControl, someEvent, somePlan } from './fake-control.ts';
import { fakePlatform } from './fake-inspection.ts';
import { createSharedControl, serveGuarded } from './guarded-app.ts';

const PAGE = 'docs/security.md';
const TABLE = /(?<=<!-- routes -->\n)[^]*(?=<!-- \/routes -->)/;
const HEAD = ['Route', 'without', ...ROLES, 'of one workspace'];
const YES = 'yes';
const NO = '–';
const IN_WORDS: Readonly<Record<RouteAccess['workspace'], string>> = {
  refused: NO,
  open: 'as others',
  filtered: 'what is theirs',
  path: 'a service of theirs',
  new: 'a service of theirs, or a new one',
  body: 'a service of theirs',
  found: 'a service of theirs',
};

/** Of whom `echo` is. */
const OWNERS = 'w1';
const STRANGERS = 'w2';
/** Each role asks for all workspaces, and for one; beside these, who has no token, or one that has ended. */
const CALLERS: readonly Pick<NewToken, 'role' | 'workspace'>[] = ROLES.flatMap((role) => [
  { role },
  { role, workspace: OWNERS },
  { role, workspace: STRANGERS },
]);

/** Bodies that are taken, where not every one is. */
const BODIES: Readonly<Record<string, unknown>> = {
  'POST /v1/commands': { kind: 'restart', service: 'echo', by: 'mallory' },
  'POST /v1/services/:name/transfer': { to: 'api' },
};

test('the page about security has the table that is enforced', async () => {
  const rows = Object.entries(ACCESS).map(([route, { role, workspace }]) => [
    `\`${route}\``,
    role === 'none' ? YES : NO,
    ...ROLES.map((one) => (isRoleEnough(one, role) ? YES : NO)),
    role === 'none' ? IN_WORDS.open : IN_WORDS[workspace],
  ]);
  const page = readFileSync(PAGE, 'utf8').replace(TABLE, `\n${formatTable(HEAD, rows)}\n\n`);
  await expect(page).toMatchFileSnapshot(`../../${PAGE}`);
});

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

test('every route stands in the table, and every line of the table is a route', async () => {
  const app = createApp({
    control: createFakeControl(),
    log: console,
    version: '1',
    platform: fakePlatform(),
  });
  expect(() => app.get('/v1/forgotten', () => 'secret')).toThrow(
    'GET /v1/forgotten stands not in the table',
  );
  await app.ready();
  const gone = Object.keys(ACCESS).filter((route) => {
    const [method = '', url = ''] = route.split(' ');
    return !METHODS.some((known) => known === method && app.hasRoute({ method: known, url }));
  });
  expect(gone).toEqual([]);
});

describe('each cell of that table', () => {
  const table = TABLE.exec(readFileSync(PAGE, 'utf8'))?.[0] ?? '';
  const rows = readRows(table).map(
    ([route = '', ...cells]) => [route.slice(1, -1), cells] as const,
  );

  const tokens = new Map<object, string>();
  let ended = '';
  const ends: (() => Promise<void>)[] = [];
  let served: Awaited<ReturnType<typeof serveGuarded>>;

  beforeAll(async () => {
    served = await serveGuarded({ atEnd: (end) => ends.push(end) });
    for (const caller of CALLERS) tokens.set(caller, await served.makeToken(caller));
    ended = await served.makeToken({ role: 'admin', expiresAtMs: 1 });
    // The plan that the routes of plans are asked about.
    const admin = await served.makeToken({ role: 'admin' });
    await askRoute(served, 'POST /v1/plan', admin);
  });
  afterAll(async () => {
    for (const end of ends) await end();
  });

  test.each(rows)('holds over HTTP for %s', async (route, [without, ...cells]) => {
    const isForAll = without === YES;
    for (const token of [undefined, ended]) {
      const { status } = await askRoute(served, route, token);
      expect(status).toSatisfy(isForAll ? isLetIn : isStatus(401));
    }
    for (const caller of CALLERS) {
      const answer = await askRoute(served, route, tokens.get(caller));
      const isRight = expectedOf(cells, caller);
      expect({ caller, status: answer.status, isRight: isRight(answer.status) }).toMatchObject({
        isRight: true,
      });
      const isStranger = caller.workspace === STRANGERS && !isForAll;
      expect(isStranger ? await answer.text() : '').not.toMatch(/"echo"|echo\.yaml/);
    }
  });

  test('is of a table that is not empty', () => {
    expect(rows.length).toBe(Object.keys(ACCESS).length);
    expect(rows.length).toBeGreaterThan(10);
  });
});

test('who is of one workspace sees what others see of its services', async () => {
  const served = await serveGuarded();
  const own = await served.makeToken({ role: 'read', workspace: 'w1' });
  const ask = async (path: string) => (await served.ask(path, own)).json();
  expect(await ask('/v1/services')).toMatchObject({
    services: [{ name: 'echo' }],
    problems: [{ service: 'echo' }],
  });
  expect(await ask('/v1/problems')).toHaveLength(1);
  expect(await ask('/v1/history')).toHaveLength(1);
  expect(await ask('/v1/tools')).toHaveLength(1);
  const events = await (await served.ask('/v1/events', own)).text();
  expect(events.trim().split('\n')).toHaveLength(2);
});

test('what concerns the fleet is not told to who is of one workspace', async () => {
  const served = await serveGuarded({
    control: createSharedControl({
      async *events() {
        const { subject: _none, ...ofFleet } = someEvent(1);
        yield ofFleet;
      },
    }),
  });
  const own = await served.makeToken({ role: 'read', workspace: 'w1' });
  expect(await (await served.ask('/v1/events', own)).text()).toBe('');
});

test('that events are no longer kept is told to everybody who reads on', async () => {
  const { subject: _none, ...trimmed } = someEvent(1, { type: 'io.mcpmanager.events.trimmed' });
  const served = await serveGuarded({
    control: createSharedControl({
      async *events() {
        yield trimmed;
      },
    }),
  });
  const own = await served.makeToken({ role: 'read', workspace: 'w1' });
  expect(await (await served.ask('/v1/events', own)).json()).toEqual(trimmed);
});

/** What the cells say about who asks: those of the roles, then that of one workspace. */
function expectedOf(
  cells: readonly string[],
  { role, workspace }: (typeof CALLERS)[number],
): (status: number) => boolean {
  const scoped = cells[ROLES.length] ?? '';
  if (cells[ROLES.indexOf(role)] !== YES) return isStatus(403);
  if (workspace === undefined) return isLetIn;
  if (workspace === STRANGERS) return OF_STRANGERS[scoped] ?? isStatus(-1);
  return scoped === NO ? isStatus(403) : isLetIn;
}

/** Of another workspace than the service that is asked about. */
const OF_STRANGERS: Readonly<Record<string, (status: number) => boolean>> = {
  [IN_WORDS.refused]: isStatus(403),
  [IN_WORDS.open]: isLetIn,
  [IN_WORDS.filtered]: isLetIn,
  [IN_WORDS.path]: isStatus(404),
  [IN_WORDS.new]: isStatus(404),
};

function isStatus(wanted: number): (status: number) => boolean {
  return (status) => status === wanted;
}

/** The route itself answered; what it thinks of the request is not the matter here. */
function isLetIn(status: number): boolean {
  return status !== 401 && status !== 403 && status !== 404;
}

function askRoute(
  { ask }: Awaited<ReturnType<typeof serveGuarded>>,
  route: string,
  token: string | undefined,
): Promise<Response> {
  const [method = '', pattern = ''] = route.split(' ');
  const id = pattern.startsWith('/v1/plans') ? somePlan().planId : 'echo';
  const path = pattern
    .replace(/:(?:name|service)\b/, 'echo')
    .replace(':id', id)
    .replace(':template', 'plain');
  if (method === 'GET') return ask(path, token, { redirect: 'manual' });
  const headers = { 'content-type': 'application/json' };
  return ask(path, token, { method, headers, body: JSON.stringify(BODIES[route] ?? {}) });
}
