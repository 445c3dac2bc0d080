import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as FirstClient } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StreamableHTTPClientTransport as FirstTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { CreateMessageRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CLIENTS, connectAny } from '../../helpers/any-client.ts';
import { describeClient } from '../describe-client.ts';
import { eventually } from '../../helpers/eventually.ts';
import { servers, startBridge } from './start-bridge.ts';

describe.each(['legacy', 'modern', 'both'] as const)(
  'before a server of the era %s',
  async (era) => {
    const bridge = await startBridge({ command: servers.fixture(era), forAll: true });

    describe.each(CLIENTS)('to the client %s', (kind) => {
      describeClient(() => connectAny(kind, new URL('/mcp', bridge.url).href));
    });
  },
);

describe('a legacy client before a modern server', async () => {
  const bridge = await startBridge({ command: servers.fixture('modern'), forAll: true });

  test('is asked what the server wants to know, round after round', async () => {
    const client = new Client(
      { name: 'asked', version: '1' },
      { versionNegotiation: { mode: 'legacy' }, capabilities: { elicitation: { form: {} } } },
    );
    onTestFinished(() => client.close());
    const questions: string[] = [];
    client.setRequestHandler('elicitation/create', ({ params }) => {
      questions.push(params.message);
      return { action: 'accept', content: { name: 'Ada', color: 'red' } };
    });
    await client.connect(new StreamableHTTPClientTransport(new URL('/mcp', bridge.url)));
    await client.callTool({ name: 'test_input_required_result_multi_round' });
    expect(questions).toEqual([
      'Step 1: What is your name?',
      'Step 2: What is your favorite color?',
    ]);
  });

  test('hears of what changed, and of the resources it has subscribed to', async () => {
    const client = new FirstClient({ name: 'first', version: '1' });
    onTestFinished(() => client.close());
    const heard: string[] = [];
    client.fallbackNotificationHandler = async ({ method, params }) => {
      heard.push(`${method} ${String(params?.['uri'])}`);
    };
    await client.connect(new FirstTransport(new URL('/mcp', bridge.url)));
    await client.subscribeResource({ uri: 'test://watched-resource' });
    await client.callTool({ name: 'test_trigger_tool_change' });
    await client.callTool({ name: 'update', arguments: { uri: 'test://watched-resource' } });
    await client.callTool({ name: 'update', arguments: { uri: 'test://static-text' } });
    await eventually(() =>
      expect(heard).toEqual([
        'notifications/tools/list_changed undefined',
        'notifications/resources/updated test://watched-resource',
      ]),
    );
  });
});

test('a client of SDK 1 is asked for sampling by its own server', async () => {
  const bridge = await startBridge({ command: servers.fixture('legacy') });
  const client = new FirstClient(
    { name: 'first', version: '1' },
    { capabilities: { sampling: {} } },
  );
  onTestFinished(() => client.close());
  client.setRequestHandler(CreateMessageRequestSchema, () => ({
    model: 'none',
    role: 'assistant',
    content: { type: 'text', text: 'sampled' },
  }));
  await client.connect(new FirstTransport(new URL('/mcp', bridge.url)));
  const answer = await client.callTool({ name: 'test_sampling', arguments: { prompt: 'go' } });
  expect(JSON.stringify(answer)).toContain('sampled');
});

test('a client of the transport of 2024-11-05 is served where that is switched on', async () => {
  const bridge = await startBridge({ command: servers.fixture(), flags: ['--sse', 'on'] });
  const client = new FirstClient({ name: 'first', version: '1' });
  // oxlint-disable-next-line typescript/no-deprecated -- the transport that this test is about
  await client.connect(new SSEClientTransport(new URL('/sse', bridge.url)));
  const answer = await client.callTool({ name: 'say', arguments: { words: 'old' } });
  expect(JSON.stringify(answer)).toContain('old');
  await client.close();
  await eventually(async () => expect(await bridge.metric('sessions')).toBe(0));
});

test.each([
  ['the reference server', servers.everything(), 'echo', { message: 'hello' }],
  [
    'a server of SDK 2',
    [process.execPath, 'test/fixtures/mcp/stdio/sdk-server.ts'],
    'say',
    { words: 'hello' },
  ],
])('%s is served to clients of both eras', async (_name, command, name, args) => {
  const bridge = await startBridge({ command });
  for (const kind of CLIENTS) {
    const client = await connectAny(kind, new URL('/mcp', bridge.url).href);
    expect(await client.call(name, args)).toContain('hello');
    await client.end();
  }
});
