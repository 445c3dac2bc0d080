import { expect, onTestFinished, test } from 'vitest';
import { eventually } from '../../helpers/eventually.ts';
import { call, callModern, initialize, modern, openSession, post, textOf } from './raw-client.ts';
import { servers, startBridge } from './start-bridge.ts';

test('each legacy session has a server of its own, and modern requests share one', async () => {
  const bridge = await startBridge({ command: servers.fixture() });
  const sessions = [await openSession(bridge.url), await openSession(bridge.url)];
  const own = await Promise.all(sessions.map(async (session) => textOf(await session.call('say'))));
  const shared = [await callModern(bridge.url, 'say'), await callModern(bridge.url, 'say')].map(
    textOf,
  );
  expect(new Set([...own, ...shared]).size).toBe(3);
  expect(shared[0]).toBe(shared[1]);
  expect(await bridge.metric('children')).toBe(3);
});

test('the id of a session begins with the name of its instance', async () => {
  const flags = ['--instance', 'mcp-files-ab12-1'];
  const bridge = await startBridge({ command: servers.tiny(), flags });
  expect((await openSession(bridge.url)).id).toMatch(/^mcp-files-ab12-1\.[-0-9a-f]{36}$/);
});

test.each(['2025-11-25', '2025-06-18', '2025-03-26'])(
  'a client of %s is answered in its revision',
  async (version) => {
    for (const era of ['legacy', 'modern'] as const) {
      const bridge = await startBridge({ command: servers.fixture(era) });
      const { messages } = await post(bridge.url, initialize(version));
      expect(messages[0]?.result).toMatchObject({
        protocolVersion: version,
        serverInfo: { name: 'fixture' },
      });
    }
  },
);

test('a session that was ended is no more, and its server has gone', async () => {
  const bridge = await startBridge({ command: servers.tiny() });
  const session = await openSession(bridge.url);
  expect(await session.end()).toBe(200);
  const answer = await session.call('say');
  expect([answer.status, answer.messages[0]?.error?.code]).toEqual([404, -32_001]);
  await eventually(async () => expect(await bridge.metric('children')).toBe(0));
});

test('without a session there is no legacy request', async () => {
  const bridge = await startBridge({ command: servers.tiny() });
  expect((await post(bridge.url, call(1, 'say'))).status).toBe(400);
  expect((await post(bridge.url, call(1, 'say'), { 'mcp-session-id': 'x' })).status).toBe(404);
});

test('a session that nobody uses ends, one with a stream stays, and all end at last', async () => {
  const flags = ['--idle-seconds', '2', '--longest-seconds', '5'];
  const bridge = await startBridge({ command: servers.tiny(), flags });
  await openSession(bridge.url);
  const listening = await openSession(bridge.url);
  const stopping = new AbortController();
  onTestFinished(() => stopping.abort());
  const stream = await listening.listen(stopping.signal);
  expect(stream.status).toBe(200);
  expect((await listening.listen(stopping.signal)).status).toBe(409);
  await eventually(async () => expect(await bridge.metric('sessions')).toBe(1));
  expect((await listening.call('say')).status).toBe(200);
  await eventually(async () => expect(await bridge.metric('sessions')).toBe(0));
  expect(await stream.text()).toBe('');
});

test('more sessions than there may be children are told when to come again', async () => {
  const flags = ['--max-children', '3'];
  const bridge = await startBridge({ command: servers.tiny(), flags });
  const first = await openSession(bridge.url);
  await openSession(bridge.url);
  await openSession(bridge.url);
  const full = await post(bridge.url, initialize());
  expect(full.status).toBe(503);
  expect(Number(full.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(textOf(await callModern(bridge.url, 'say'))).toMatch(/^\d+$/);
  await first.end();
  await eventually(async () => expect((await post(bridge.url, initialize())).status).toBe(200));
});

test('10,000 clients that open a session each leave no more children than allowed', async () => {
  const flags = ['--max-children', '5'];
  const bridge = await startBridge({ command: servers.tiny(), flags });
  let full = 0;
  for (let at = 0; at < 100; at++) {
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => post(bridge.url, initialize())),
    );
    full += answers.filter(({ status }) => status === 503).length;
  }
  expect(full).toBe(9_995);
  expect(await bridge.metric('children')).toBe(5);
  expect(bridge.residentBytes()).toBeLessThan(200 * 1024 * 1024);
});

test('children that were started before are there at once', async () => {
  const bridge = await startBridge({ command: servers.fixture(), flags: ['--prewarm', '2'] });
  await eventually(async () => expect(await bridge.metric('children')).toBe(2));
  await openSession(bridge.url);
  expect(await bridge.metric('children_started_total')).toBe(2);
  await eventually(async () => expect(await bridge.metric('children')).toBe(3));
});

test('the server of a session that died is brought back to what its client had set', async () => {
  const bridge = await startBridge({ command: servers.fixture('legacy') });
  const session = await openSession(bridge.url);
  const uri = 'test://watched-resource';
  const subscribe = { jsonrpc: '2.0', id: 's', method: 'resources/subscribe', params: { uri } };
  expect((await session.post(subscribe)).messages[0]?.result).toEqual({});
  await session.call('die');
  const { messages } = await session.call('update', { uri });
  expect(messages.map(({ method }) => method)).toContain('notifications/resources/updated');
});

test('sessions of one shared server see nothing of each other', async () => {
  const flags = ['--isolation', 'shared'];
  const bridge = await startBridge({ command: servers.fixture('legacy'), flags });
  const [a, b] = [await openSession(bridge.url), await openSession(bridge.url)];
  const [ofA, ofB] = await Promise.all(
    [a, b].map((session, at) =>
      Promise.all(threeCalls(`words ${String(at)}`).map((message) => session.post(message))),
    ),
  );
  for (const [at, answers] of [ofA, ofB].entries()) {
    const [told, said, logged] = answers ?? [];
    expect(told?.messages.map(({ id, params }) => id ?? params?.['progressToken'])).toEqual([
      'token',
      'token',
      'token',
      7,
    ]);
    expect(said?.messages).toHaveLength(1);
    expect(said && textOf(said)).toBe(`words ${String(at)}`);
    // Whose log lines these are cannot be known.
    expect(logged?.messages).toHaveLength(1);
  }
  expect(await bridge.metric('children')).toBe(1);
  const asked = await a.call('test_sampling', { prompt: 'x' });
  expect(asked.messages[0]?.error?.message).toContain('the clients of this server share it');
});

test.each(['legacy', 'modern'] as const)(
  'a subscription at a shared %s server is not heard by others, and outlives it',
  async (era) => {
    const flags = ['--isolation', 'shared'];
    const bridge = await startBridge({ command: servers.fixture(era), flags });
    const [a, b] = [await openSession(bridge.url), await openSession(bridge.url)];
    const uri = 'test://watched-resource';
    await a.post({ jsonrpc: '2.0', id: 's', method: 'resources/subscribe', params: { uri } });
    const [heardA, heardB] = await Promise.all([listenFor(a), listenFor(b)]);
    await b.call('update', { uri });
    await eventually(() => expect(heardA()).toContain('notifications/resources/updated'));
    await b.call('test_trigger_tool_change');
    await eventually(() => expect(heardB()).toContain('notifications/tools/list_changed'));
    expect(heardB()).not.toContain('updated');
    await b.call('die');
    await b.call('test_trigger_tool_change');
    await eventually(() => expect(heardB().split('list_changed')).toHaveLength(3));
  },
);

test('a modern client before a legacy server hears of the changes it has asked for', async () => {
  const bridge = await startBridge({ command: servers.fixture('legacy') });
  const stopping = new AbortController();
  onTestFinished(() => stopping.abort());
  const listen = modern('subscriptions/listen', {
    notifications: { toolsListChanged: true, resourceSubscriptions: ['test://static-text'] },
  });
  const response = await fetch(`${bridge.url}/mcp`, {
    method: 'POST',
    headers: {
      ...listen.headers,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    },
    body: JSON.stringify(listen.body),
    signal: stopping.signal,
  });
  const heard = collect(response);
  await eventually(() => expect(heard()).toContain('notifications/subscriptions/acknowledged'));
  await callModern(bridge.url, 'test_trigger_prompt_change');
  await callModern(bridge.url, 'update', { uri: 'test://static-text' });
  await callModern(bridge.url, 'test_trigger_tool_change');
  await eventually(() => expect(heard()).toContain('notifications/tools/list_changed'));
  expect(heard()).toContain('notifications/resources/updated');
  expect(heard()).not.toContain('prompts/list_changed');
  expect(heard()).toContain('"io.modelcontextprotocol/subscriptionId":1');
});

test('a client that vanishes in the middle of a call cancels it at the server', async () => {
  const bridge = await startBridge({ command: servers.fixture() });
  const session = await openSession(bridge.url);
  await callModern(bridge.url, 'say');
  const gone = new AbortController();
  const legacy = session.fetch(call(1, 'slow', { ms: 60_000 }, { progressToken: 1 }), gone.signal);
  await (await legacy).body?.getReader().read();
  const { body, headers } = modern('tools/call', { name: 'slow', arguments: { ms: 60_000 } });
  const leaving = post(bridge.url, body, headers, gone.signal).catch(() => 'gone');
  await eventually(async () => expect(await bridge.metric('requests_in_flight')).toBe(2));
  gone.abort();
  expect(await leaving).toBe('gone');
  await eventually(() => expect(bridge.stderr().split('cancelled')).toHaveLength(3));
  expect(await bridge.metric('requests_in_flight')).toBe(0);
});

/** The same ids and the same token, whoever calls. */
const threeCalls = (words: string) => [
  call(7, 'test_tool_with_progress', {}, { progressToken: 'token' }),
  call(8, 'say', { words }),
  call(9, 'test_tool_with_logging'),
];

async function listenFor(session: Awaited<ReturnType<typeof openSession>>) {
  const stopping = new AbortController();
  onTestFinished(() => stopping.abort());
  return collect(await session.listen(stopping.signal));
}

/** Everything that a stream has said so far. */
function collect(response: Response): () => string {
  let text = '';
  void (async () => {
    for await (const chunk of response.body ?? []) text += Buffer.from(chunk).toString();
  })().catch(() => undefined);
  return () => text;
}
