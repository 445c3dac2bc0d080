import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { CloudEvent } from '../../src/model/event.ts';
import { eventually } from '../helpers/eventually.ts';
import { startMemoryManager } from '../helpers/memory-manager.ts';
import { serveGuarded } from './guarded-app.ts';

const BROKEN = 'apiVersion: mcp-manager/v1\nservices: { echo: { image: [] } }\n';

type AskFor = (path: string, token: string) => Promise<Response>;

/** A whole manager that people of two workspaces share with somebody who sees all. */
async function open() {
  const { manager, desired } = await startMemoryManager({ atEnd: onTestFinished, documents: {} });
  const { control, inspection, audit } = manager;
  const platform = { inspection, startupMs: 30_000, limit: {} };
  const { ask, makeToken } = await serveGuarded({ control, platform, audit });
  const tokens = {
    all: await makeToken({ role: 'admin' }),
    w1: await makeToken({ role: 'write', workspace: 'w1' }),
    w2: await makeToken({ role: 'write', workspace: 'w2' }),
  };
  const send = async (route: string, token: string, body?: object): Promise<void> => {
    const [method = '', path = ''] = route.split(' ');
    const headers = { 'content-type': 'application/json' };
    const sent = body ? { headers, body: JSON.stringify(body) } : {};
    const response = await ask(path, token, { method, ...sent });
    expect(response.status, await response.text()).toBeLessThan(300);
  };
  const until = (wanted: Record<string, string>) =>
    eventually(async () => {
      const { services } = await control.status();
      expect(Object.fromEntries(services.map(({ name, state }) => [name, state]))).toEqual(wanted);
    });
  const readSent = async (token: string) => {
    const headers = { accept: 'text/event-stream' };
    const query = 'service=echo&follow=false&since=2000-01-01T00:00:00Z';
    const frames = await (await ask(`/v1/events?${query}`, token, { headers })).text();
    return [...frames.matchAll(/^id: (.+)$/gm)].map(([, id]) => id);
  };
  return {
    ...tokens,
    desired,
    ask,
    send,
    until,
    readSent,
    look: (token: string) => look(ask, token),
  };
}

/** What a token is shown of `echo`. */
async function look(ask: AskFor, token: string) {
  const events = await readEvents(await ask('/v1/events?service=echo', token));
  const history = await readSteps(await ask('/v1/history?service=echo', token));
  const written = events.filter(({ type }) => type === 'io.mcpmanager.api.written');
  return {
    types: events.map(({ type }) => type.slice('io.mcpmanager.'.length)),
    asked: written.map(({ data }) => data['method']),
    events: events.map(({ id }) => id),
    history: history.map(({ id }) => id),
    steps: history.map(({ kind }) => kind),
  };
}

async function readEvents(response: Response): Promise<readonly CloudEvent[]> {
  const lines = (await response.text()).split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line));
}

async function readSteps(response: Response) {
  const steps: readonly { readonly id: string; readonly kind: string }[] = JSON.parse(
    await response.text(),
  );
  return steps;
}

type Shown = Awaited<ReturnType<typeof look>>;

const NOTHING: Shown = { types: [], asked: [], events: [], history: [], steps: [] };

/** What was recorded since an earlier look. */
function since(before: Shown, { events, history }: Shown) {
  return {
    events: events.filter((id) => !before.events.includes(id)),
    history: history.filter((id) => !before.history.includes(id)),
  };
}

/** Declared by its workspace, running, and gone again; answers what that workspace saw of it. */
async function comeAndGo({ send, until, look: see, w1 }: Awaited<ReturnType<typeof open>>) {
  await send('PUT /v1/services/echo', w1, { image: 'x:1' });
  await until({ echo: 'Running' });
  await send('DELETE /v1/services/echo', w1);
  await until({});
  return eventually(async () => {
    const seen = await see(w1);
    expect(seen.types).toContain('service.removed');
    expect(seen.asked).toEqual(['PUT', 'DELETE']);
    return seen;
  });
}

test('the last that happened to a service that is gone is shown to its workspace, and to no other', async () => {
  const opened = await open();
  const { all, w1, w2, readSent, look: see } = opened;
  const seen = await comeAndGo(opened);
  expect(seen.steps).toContain('remove');
  expect(seen).toEqual(await see(all));
  expect(await readSent(w1)).toEqual(seen.events);
  expect(await see(w2)).toEqual(NOTHING);
  expect(await readSent(w2)).toEqual([]);
});

test('who takes a name that was of another workspace is shown nothing of before', async () => {
  const opened = await open();
  const { all, w1, w2, send, until, readSent, look: see } = opened;
  const before = await comeAndGo(opened);
  await send('PUT /v1/services/echo', w2, { image: 'x:2' });
  await until({ echo: 'Running' });
  await eventually(async () => {
    const seen = await see(w2);
    expect(seen.types).toContain('service.verified');
    expect(seen.asked).toEqual(['PUT']);
    expect(since(before, await see(all))).toEqual(since(NOTHING, seen));
    expect(await readSent(w2)).toEqual(seen.events);
  });
  expect(await see(w1)).toEqual(before);
});

test('the history of one service leaves out what another workspace did under its name', async () => {
  const opened = await open();
  const { all, w2, send, until } = opened;
  await comeAndGo(opened);
  await send('PUT /v1/services/echo', w2, { image: 'x:2' });
  await until({ echo: 'Running' });
  const kinds = async (token: string) => {
    const steps = await readSteps(await opened.ask('/v1/services/echo/history', token));
    return steps.map(({ kind }) => kind);
  };
  expect(await kinds(all)).toContain('remove');
  expect(await kinds(w2)).toContain('start');
  expect(await kinds(w2)).not.toContain('remove');
});

test('of a service that moved, the former workspace is shown what was before, the new one what is since', async () => {
  const { all, w1, w2, send, until, look: see } = await open();
  await send('PUT /v1/services/echo', w1, { image: 'x:1' });
  await until({ echo: 'Running' });
  const before = await eventually(async () => {
    const seen = await see(w1);
    expect(seen.types).toEqual(expect.arrayContaining(['service.verified', 'service.routed']));
    return seen;
  });
  await send('PATCH /v1/services/echo', all, { platform: { workspaceId: 'w2' } });
  await send('PATCH /v1/services/echo', w2, { image: 'x:2' });
  await eventually(async () => {
    const seen = await see(w2);
    expect(seen.types).toContain('service.started');
    expect(seen.asked).toEqual(['PATCH', 'PATCH']);
    expect(since(before, await see(all))).toEqual(since(NOTHING, seen));
  });
  expect(await see(w1)).toEqual(before);
});

test('what somebody edits by hand, and gets wrong, is told to the workspace of the service', async () => {
  const { w1, w2, desired, send, until, look: see } = await open();
  await send('PUT /v1/services/echo', w1, { image: 'x:1' });
  await until({ echo: 'Running' });
  await writeFile(join(desired, 'api', 'echo.yaml'), BROKEN);
  await eventually(async () => {
    const { types } = await see(w1);
    expect(types).toEqual(expect.arrayContaining(['document.edited', 'problem.found']));
  });
  expect(await see(w2)).toEqual(NOTHING);
});

test('that somebody of no workspace removed a service is told to its workspace', async () => {
  const { all, w1, w2, send, until, look: see } = await open();
  await send('PUT /v1/services/echo', w1, { image: 'x:1' });
  await until({ echo: 'Running' });
  await send('DELETE /containers/echo', all);
  await eventually(async () => expect((await see(w1)).asked).toEqual(['PUT', 'DELETE']));
  expect(await see(w2)).toEqual(NOTHING);
});
