import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AnyClient } from '../helpers/any-client.ts';
import { eventually } from '../helpers/eventually.ts';

const BIG_CHARACTERS = 2_000_000;
const CALLS = 100;
/** Far longer than a test takes: such a call only ends by being cancelled. */
const ENDLESS_MS = 600_000;

/** Tests what a user does with a server of `test/fixtures/mcp`, all by one client, whatever lies between them. */
export function describeClient(connect: () => Promise<AnyClient>): void {
  let client: AnyClient | undefined;
  beforeAll(async () => {
    client = await connect();
  });
  afterAll(() => client?.end());

  test.each(CHECKS)('%s', async (_title, check) => {
    if (client === undefined) throw new Error('not connected');
    await check(client);
  });
}

const CHECKS: readonly (readonly [string, (client: AnyClient) => Promise<void>])[] = [
  ['tools are listed, and one is called', useTools],
  ['resources are listed, and one is read', useResources],
  ['prompts are listed, and one is completed and got', usePrompts],
  ['a call tells its progress', followProgress],
  ['a call that is cancelled ends at the server', cancelCall],
  ['an answer of 2 MB arrives whole', getBigAnswer],
  ['100 calls at once each get their own answer', callAtOnce],
];

async function useTools(client: AnyClient): Promise<void> {
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).toEqual(expect.arrayContaining(['say', 'big', 'slow']));
  expect(await client.call('say', { words: 'hello' })).toBe('hello');
}

async function useResources(client: AnyClient): Promise<void> {
  const { resources } = await client.listResources();
  expect(resources.map(({ name }) => name)).toEqual(['text', 'binary', 'watched']);
  const text = 'This is the content of the static text resource.';
  expect(await client.readResource({ uri: 'test://static-text' })).toMatchObject({
    contents: [{ uri: 'test://static-text', text }],
  });
}

async function usePrompts(client: AnyClient): Promise<void> {
  const name = 'test_prompt_with_arguments';
  const { prompts } = await client.listPrompts();
  expect(prompts.map((prompt) => prompt.name)).toContain(name);
  const argument = { name: 'arg1', value: 'p' };
  expect(await client.complete({ ref: { type: 'ref/prompt', name }, argument })).toMatchObject({
    completion: { values: ['paris', 'park'] },
  });
  const text = "Prompt with arguments: arg1='paris', arg2='two'";
  expect(await client.getPrompt({ name, arguments: { arg1: 'paris', arg2: 'two' } })).toMatchObject(
    { messages: [{ role: 'user', content: { type: 'text', text } }] },
  );
}

async function followProgress(client: AnyClient): Promise<void> {
  const told: unknown[] = [];
  await client.call('test_tool_with_progress', {}, { onprogress: (step) => told.push(step) });
  expect(told).toMatchObject([0, 50, 100].map((progress) => ({ progress, total: 100 })));
}

async function cancelCall(client: AnyClient): Promise<void> {
  const before = Number(await client.call('cancelled'));
  const stopping = new AbortController();
  const started = Promise.withResolvers<void>();
  const options = { signal: stopping.signal, onprogress: () => started.resolve() };
  const answer = client.call('slow', { ms: ENDLESS_MS }, options);
  await Promise.race([started.promise, answer]);
  stopping.abort();
  await expect(answer).rejects.toThrow(/abort/i);
  await eventually(async () => expect(await client.call('cancelled')).toBe(String(before + 1)));
}

async function getBigAnswer(client: AnyClient): Promise<void> {
  const answer = await client.call('big', { bytes: BIG_CHARACTERS });
  // Compared so, since a failure would print both.
  expect(answer === 'x'.repeat(BIG_CHARACTERS), `${answer.length} characters`).toBe(true);
}

async function callAtOnce(client: AnyClient): Promise<void> {
  const words = Array.from({ length: CALLS }, (_, at) => `words ${String(at)}`);
  const answers = await Promise.all(words.map((said) => client.call('say', { words: said })));
  expect(answers).toEqual(words);
}
