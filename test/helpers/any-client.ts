import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as FirstClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as FirstTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

/** What the official clients of both generations do alike. */
export interface AnyClient extends Shared {
  /** Calls a tool; answers the text of its first content. */
  call(
    name: string,
    input?: Readonly<Record<string, unknown>>,
    options?: CallOptions,
  ): Promise<string>;
  /** Ends its session too, where it has one. */
  end(): Promise<void>;
}

interface CallOptions {
  readonly onprogress?: (step: unknown) => void;
  readonly signal?: AbortSignal;
}

/** Methods that both have, by the same names. */
interface Shared {
  listTools(): Promise<{ readonly tools: readonly Named[] }>;
  listResources(): Promise<{ readonly resources: readonly Named[] }>;
  readResource(params: { uri: string }): Promise<unknown>;
  listPrompts(): Promise<{ readonly prompts: readonly Named[] }>;
  getPrompt(params: { name: string; arguments?: Record<string, string> }): Promise<unknown>;
  complete(params: Completed): Promise<unknown>;
}
interface Named {
  readonly name: string;
}
interface Completed {
  readonly ref: { type: 'ref/prompt'; name: string };
  readonly argument: { name: string; value: string };
}

/** Generation of the SDK, and the era that it is told to speak; `auto` speaks the server's, the modern one first. */
export type ClientKind = 'v1' | 'v2 legacy' | 'v2 modern' | 'v2 auto';

export const CLIENTS: readonly ClientKind[] = ['v1', 'v2 legacy', 'v2 modern', 'v2 auto'];

/** Connects a client; rejects with the client's own error where server and client have no era in common. */
export function connectAny(kind: ClientKind, url: string): Promise<AnyClient> {
  switch (kind) {
    case 'v1':
      return connectFirst(url);
    case 'v2 legacy':
      return connectSecond(url, 'legacy');
    case 'v2 modern':
      return connectSecond(url, { pin: '2026-07-28' });
    case 'v2 auto':
      return connectSecond(url, 'auto');
    default:
      return kind satisfies never;
  }
}

async function connectFirst(url: string): Promise<AnyClient> {
  const client = new FirstClient({ name: 'first', version: '1' });
  const transport = new FirstTransport(new URL(url));
  await client.connect(transport);
  return {
    ...shared(client),
    async call(name, input = {}, options = {}) {
      const answer = await client.callTool({ name, arguments: input }, undefined, options);
      return firstText(answer['content']);
    },
    async end() {
      await transport.terminateSession();
      await client.close();
    },
  };
}

async function connectSecond(
  url: string,
  mode: 'legacy' | 'auto' | { readonly pin: string },
): Promise<AnyClient> {
  const client = new Client({ name: 'second', version: '1' }, { versionNegotiation: { mode } });
  const transport = new StreamableHTTPClientTransport(new URL(url));
  await client.connect(transport);
  return {
    ...shared(client),
    async call(name, input = {}, options = {}) {
      const answer = await client.callTool({ name, arguments: input }, options);
      return firstText(answer.content);
    },
    async end() {
      await transport.terminateSession();
      await client.close();
    },
  };
}

/** The methods of a class, to be passed on without it. */
function shared(client: Shared): Shared {
  return {
    listTools: () => client.listTools(),
    listResources: () => client.listResources(),
    readResource: (params) => client.readResource(params),
    listPrompts: () => client.listPrompts(),
    getPrompt: (params) => client.getPrompt(params),
    complete: (params) => client.complete(params),
  };
}

function firstText(content: unknown): string {
  const [first] = Array.isArray(content) ? content : [];
  return String(first?.text);
}
