import { onTestFinished } from 'vitest';

export interface Load {
  /** Ends it and answers what came of every call, once the last one has ended. */
  stop(): Promise<LoadResult>;
}

export interface LoadResult {
  readonly calls: number;
  /** In words, one for each call that was not answered as it should be. */
  readonly failures: readonly string[];
}

interface LoadOptions {
  readonly url: string;
  readonly tool: string;
  readonly arguments?: Readonly<Record<string, unknown>>;
  /** Calls begun in a second, whatever became of those before. */
  readonly perSecond: number;
}

/** Steady calls of a tool by a client of 2026-07-28, each on its own: there are no sessions. */
export function startLoad({ url, tool, arguments: input = {}, perSecond }: LoadOptions): Load {
  const failures: string[] = [];
  const open = new Set<Promise<void>>();
  let calls = 0;
  const call = async (): Promise<void> => {
    const failure = await callOnce(url, tool, input).catch((error: unknown) => String(error));
    if (failure !== undefined) failures.push(failure);
  };
  const startMs = performance.now();
  const timer = setInterval(() => {
    const due = ((performance.now() - startMs) / 1_000) * perSecond;
    for (; calls < due; calls += 1) {
      const one = call().finally(() => open.delete(one));
      open.add(one);
    }
  }, 5);
  onTestFinished(() => clearInterval(timer));
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(open);
      return { calls, failures };
    },
  };
}

const PROTOCOL = '2026-07-28';

async function callOnce(
  url: string,
  name: string,
  input: Readonly<Record<string, unknown>>,
): Promise<string | undefined> {
  const client = { 'io.modelcontextprotocol/clientInfo': { name: 'load', version: '1' } };
  const meta = {
    'io.modelcontextprotocol/protocolVersion': PROTOCOL,
    'io.modelcontextprotocol/clientCapabilities': {},
    ...client,
  };
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': PROTOCOL,
      'mcp-method': 'tools/call',
      'mcp-name': name,
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name, arguments: input, _meta: meta },
    }),
    signal: AbortSignal.timeout(30_000),
  });
  const text = await response.text();
  return response.ok && text.includes('"content"') ? undefined : `${response.status} ${text}`;
}
