import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import {
  decodeSegment,
  type Incoming,
  readJson,
  type Reply,
  RequestError,
  serve,
} from './serve.ts';

const VERSION = '1.0.0';
const DESCRIPTION = 'Answers each message with the message itself';

const service = process.env['MCP_SERVICE_NAME'] || 'echo';
const greeting = process.env['GREETING'] || 'Echo';

const echoBody = z.object({
  message: z.string(),
  metadata: z.record(z.string(), z.unknown()).default({}),
});

// 2026-07-28 and, without sessions, everything older: a rollout then breaks no client's session.
const handleMcp = toNodeHandler(createMcpHandler(createEchoServer, { legacy: 'stateless' }));

serve(async (request, response) => {
  const { pathname } = new URL(request.url, 'http://localhost');
  if (pathname === '/mcp' || pathname === '/mcp/') {
    await handleMcp(request, response);
    return undefined;
  }
  return answerPlain(request, pathname);
});

function createEchoServer(): McpServer {
  const server = new McpServer({ name: service, version: VERSION });
  server.registerTool(
    'echo',
    { description: DESCRIPTION, inputSchema: z.object({ message: z.string() }) },
    ({ message }) => ({ content: [{ type: 'text', text: greet(message) }] }),
  );
  server.registerTool('info', { description: 'Tells about this service' }, () => ({
    content: [{ type: 'text', text: JSON.stringify(describeService()) }],
  }));
  return server;
}

/** The plain HTTP side, as the platform's scripts call it. */
async function answerPlain(request: Incoming, pathname: string): Promise<Reply> {
  const get = request.method === 'GET' || request.method === 'HEAD';
  if (pathname === '/echo' && request.method === 'POST') {
    const body = echoBody.safeParse(await readJson(request));
    if (!body.success) throw new RequestError(422, z.prettifyError(body.error));
    return ok(echo(body.data.message, body.data.metadata));
  }
  if (pathname.startsWith('/echo/') && get) {
    const message = decodeSegment(pathname.slice('/echo/'.length));
    return ok({ ...echo(message, { method: 'GET' }), method: 'GET' });
  }
  const body = pages[pathname]?.();
  if (body === undefined && pathname !== '/echo') throw new RequestError(404, 'Not Found');
  if (body === undefined || !get) throw new RequestError(405, 'Method Not Allowed');
  return ok(body);
}

const pages: Readonly<Record<string, () => unknown>> = {
  '/': () => ({
    service,
    type: 'mcp-echo-server',
    version: VERSION,
    description: DESCRIPTION,
    endpoints: ['/health', '/echo', '/echo/{message}', '/info', '/mcp', '/mcp/capabilities'],
  }),
  '/health': () => ({ status: 'healthy', service, timestamp: now(), version: VERSION }),
  '/info': describeService,
  '/mcp/capabilities': () => ({
    protocol_version: '1.0',
    capabilities: { echo: true, health: true, info: true },
    service_metadata: { name: service, type: 'echo', version: VERSION },
  }),
};

function describeService(): unknown {
  const { PORT, MCP_PORT, MCP_CONTAINER_PORT } = process.env;
  return {
    service_name: service,
    service_type: 'echo',
    version: VERSION,
    description: DESCRIPTION,
    capabilities: ['echo', 'health', 'info'],
    environment: {
      port: Number(PORT || MCP_PORT || MCP_CONTAINER_PORT || 8000),
      service_name: service,
    },
    uptime: process.uptime(),
    timestamp: now(),
  };
}

function echo(message: string, metadata: Readonly<Record<string, unknown>>): object {
  return {
    original_message: message,
    echo_message: greet(message),
    timestamp: now(),
    service_name: service,
    metadata,
  };
}

function greet(message: string): string {
  return `${greeting}: ${message}`;
}

function now(): string {
  return new Date().toISOString();
}

function ok(body: unknown): Reply {
  return { status: 200, body };
}
