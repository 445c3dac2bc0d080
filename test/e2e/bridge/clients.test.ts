import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as FirstClient } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StreamableHTTPClientTransport as FirstTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { CreateMessageRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { describe, expect, onTestFinished, test } from 'vitest';
import { eventually } from '../../helpers/eventually.ts';
import { servers, startBridge } from './start-bridge.ts';

const BIG = 2_000_000;
const MODERN = { pin: '2026-07-28' };

type Mode = 'legacy' | 'auto' | { readonly pin: string };

/** What both generations of the SDK's client can do alike. */
interface AnyClient {
  call(name: string, args?: Record<string, unknown>, options?: CallOptions): Promise<unknown>;
  lists(): Promise<readonly unknown[]>;
}
interface CallOptions {
  readonly onprogress?: () => void;
  readonly signal?: AbortSignal;
}

async function secondClient(url: string, mode: Mode): Promise<AnyClient> {
  const client = new Client({ name: 'second', version: '1' }, { versionNegotiation: { mode } });
  onTestFinished(() => client.close());
  await client.connect(new StreamableHTTPClientTransport(new URL('/mcp', url)));
  return {
    call: (name, args = {}, options) => client.callTool({ name, arguments: args }, options),
    lists: async () => [
      (await client.listTools()).tools.length,
      await client.readResource({ uri: 'test://static-text' }),
      await client.getPrompt({ name: 'test_simple_prompt' }),
      await client.complete({
        ref: { type: 'ref/prompt', name: 'test_prompt_with_arguments' },
        argument: { name: 'arg1', value: 'p' },
      }),
    ],
  };
}

async function firstClient(url: string): Promise<AnyClient> {
  const client = new FirstClient({ name: 'first', version: '1' });
  onTestFinished(() => client.close());
  await client.connect(new FirstTransport(new URL('/mcp', url)));
  return {
    call: (name, args = {}, options) =>
      client.callTool({ name, arguments: args }, undefined, options),
    lists: async () => [
      (await client.listTools()).tools.length,
      await client.readResource({ uri: 'test://static-text' }),
      await client.getPrompt({ name: 'test_simple_prompt' }),
      await client.complete({
        ref: { type: 'ref/prompt', name: 'test_prompt_with_arguments' },
        argument: { name: 'arg1', value: 'p' },
      }),
    ],
  };
}

const CLIENTS: readonly (readonly [string, (url: string) => Promise<AnyClient>])[] = [
  ['SDK 1', firstClient],
  ['SDK 2, legacy', (url) => secondClient(url, 'legacy')],
  ['SDK 2, modern', (url) => secondClient(url, MODERN)],
  ['SDK 2, auto', (url) => secondClient(url, 'auto')],
];

describe.each(['legacy', 'modern', 'both'] as const)(
  'before a server of the era %s',
  async (era) => {
    const bridge = await startBridge({ command: servers.fixture(era), forAll: true });

    test.each(CLIENTS)('the client of %s uses everything', async (_name, connect) => {
      const client = await connect(bridge.url);
      const [tools, resource, prompt, completion] = await client.lists();
      expect(tools).toBeGreaterThan(20);
      expect(JSON.stringify(resource)).toContain('static text resource');
      expect(JSON.stringify(prompt)).toContain('a simple prompt');
      expect(JSON.stringify(completion)).toContain('paris');
      expect(await client.call('say', { words: 'hello' })).toMatchObject({
        content: [{ type: 'text', text: 'hello' }],
      });
      let progress = 0;
      await client.call('test_tool_with_progress', {}, { onprogress: () => (progress += 1) });
      expect(progress).toBe(3);
      const big = JSON.stringify(await client.call('big', { bytes: BIG }));
      expect(big.length).toBeGreaterThan(BIG);
    });

    test.each(CLIENTS)(
      '100 calls at once of the client of %s each get their own answer',
      async (_name, connect) => {
        const client = await connect(bridge.url);
        const words = Array.from({ length: 100 }, (_, at) => `words ${String(at)}`);
        const answers = await Promise.all(words.map((said) => client.call('say', { words: said })));
        expect(answers).toMatchObject(words.map((text) => ({ content: [{ text }] })));
      },
    );

    test.each(CLIENTS)(
      'a call that the client of %s cancels is cancelled at the server',
      async (_name, connect) => {
        const client = await connect(bridge.url);
        const before = count(bridge.stderr(), 'cancelled');
        const stopping = new AbortController();
        const started = Promise.withResolvers<void>();
        const answer = client.call(
          'slow',
          { ms: 60_000 },
          { signal: stopping.signal, onprogress: started.resolve },
        );
        await started.promise;
        stopping.abort();
        await expect(answer).rejects.toThrow(/abort/i);
        await eventually(() => expect(count(bridge.stderr(), 'cancelled')).toBe(before + 1));
      },
    );
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
  for (const [, connect] of CLIENTS) {
    const client = await connect(bridge.url);
    expect(JSON.stringify(await client.call(name, args))).toContain('hello');
  }
});

function count(text: string, word: string): number {
  return text.split(word).length - 1;
}
