import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { onTestFinished } from 'vitest';

export type Era = 'modern' | 'legacy';

/** A client of the official SDK that is connected and speaks this era and no other; closed when the test ends. */
export async function connectClient(url: string, era: Era): Promise<Client> {
  const mode = era === 'legacy' ? 'legacy' : { pin: '2026-07-28' };
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });
  onTestFinished(() => client.close());
  await client.connect(new StreamableHTTPClientTransport(new URL(url)));
  return client;
}

/** Calls a tool; answers the text of its first content, or nothing. */
export async function callTool(
  client: Client,
  name: string,
  input: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const { content } = await client.callTool({ name, arguments: input });
  const [first] = content;
  return first?.type === 'text' ? first.text : '';
}
