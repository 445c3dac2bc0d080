import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { answerDirectCall, isDirectCall } from './direct-calls.ts';
import {
  decodeSegment,
  type Incoming,
  readJson,
  type Reply,
  RequestError,
  serve,
} from './serve.ts';
import { createTexts } from './texts.ts';

const VERSION = '1.0.0';
const DESCRIPTION = 'Keeps texts in memory under keys';

const service = process.env['MCP_SERVICE_NAME'] || 'simple-mcp';
/** Another for each process, by which callers see that two services share nothing. */
const serverId = randomUUID();
const texts = createTexts();

// 2026-07-28 and, without sessions, everything older: a rollout then breaks no client's session.
const handleMcp = toNodeHandler(createMcpHandler(createTextServer, { legacy: 'stateless' }));

serve(async (request, response) => {
  const url = new URL(request.url, 'http://localhost');
  if (url.pathname === '/mcp' || url.pathname === '/mcp/') return answerMcp(request, response);
  return answerPlain(request, url);
});

/** MCP clients accept event streams; scripts that do not are answered in plain JSON-RPC. */
async function answerMcp(request: Incoming, response: ServerResponse): Promise<Reply | undefined> {
  if (request.method !== 'POST') {
    await handleMcp(request, response);
    return undefined;
  }
  const message = await readJson(request);
  const plain = !request.headers.accept?.includes('text/event-stream');
  if (plain || isDirectCall(message)) return ok(answerDirectCall(message, texts));
  await handleMcp(request, response, message);
  return undefined;
}

function createTextServer(): McpServer {
  const server = new McpServer({ name: service, version: VERSION });
  server.registerTool(
    'store_text',
    {
      description: 'Stores a text, under the key or a new one',
      inputSchema: z.object({ text: z.string(), key: z.string().min(1).optional() }),
    },
    ({ text, key }) => toContent({ success: true, key: texts.store(text, key) }),
  );
  server.registerTool(
    'get_text',
    { description: 'Gets the text under a key', inputSchema: z.object({ key: z.string() }) },
    ({ key }) => {
      const text = texts.get(key);
      return text === undefined
        ? { ...toContent(`no text under the key ${key}`), isError: true }
        : toContent({ key, text });
    },
  );
  server.registerTool('list_texts', { description: 'Lists the keys of all texts' }, () =>
    toContent({ keys: texts.keys(), count: texts.keys().length }),
  );
  return server;
}

function toContent(value: unknown): { content: { type: 'text'; text: string }[] } {
  return {
    content: [{ type: 'text', text: typeof value === 'string' ? value : JSON.stringify(value) }],
  };
}

/** The plain HTTP side, as the platform's scripts call it. */
function answerPlain({ method }: Incoming, url: URL): Reply {
  const { pathname, searchParams } = url;
  const get = method === 'GET' || method === 'HEAD';
  if (pathname === '/test/store' && (get || method === 'POST')) {
    return storeByQuery(searchParams);
  }
  if (pathname.startsWith('/test/get/') && get) {
    return getByPath(decodeSegment(pathname.slice('/test/get/'.length)));
  }
  const body = pages[pathname]?.();
  if (body === undefined) throw new RequestError(404, 'Not Found');
  if (!get) throw new RequestError(405, 'Method Not Allowed');
  return ok(body);
}

function storeByQuery(query: URLSearchParams): Reply {
  const text = query.get('text');
  if (text === null) throw new RequestError(422, 'The query needs a text');
  try {
    const key = texts.store(text, query.get('key') || undefined);
    return ok({ success: true, key, server_id: serverId });
  } catch (error) {
    if (error instanceof RangeError) throw new RequestError(422, error.message);
    throw error;
  }
}

function getByPath(key: string): Reply {
  const text = texts.get(key);
  if (text === undefined) throw new RequestError(404, `No text under the key ${key}`);
  return ok({ key, text, server_id: serverId });
}

const pages: Readonly<Record<string, () => unknown>> = {
  '/health': () => ({
    status: 'healthy',
    service,
    timestamp: new Date().toISOString(),
    version: VERSION,
    server_id: serverId,
    data_count: texts.keys().length,
  }),
  '/info': () => ({
    service_name: service,
    service_type: 'simple-mcp',
    version: VERSION,
    description: DESCRIPTION,
    server_id: serverId,
    data_count: texts.keys().length,
    methods: ['store_text', 'get_text', 'list_texts'],
  }),
  '/test/list': () => {
    const keys = texts.keys();
    return { keys, count: keys.length, server_id: serverId };
  },
};

function ok(body: unknown): Reply {
  return { status: 200, body };
}
