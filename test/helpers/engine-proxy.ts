import { once } from 'node:events';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { onTestFinished } from 'vitest';

/** A proxy before an engine's socket that records what is asked and breaks what it is told to. */
export interface EngineProxy {
  /** Where to ask instead of the engine. */
  readonly socket: string;
  /** Everything asked so far, in order, with its query. */
  readonly requests: readonly ProxiedRequest[];
  /** Does this to every request that matches, until the answered function is called. */
  inject(matches: (request: ProxiedRequest) => boolean, fault: Fault): () => void;
  /** Ends every connection at once, streams too; new ones are taken. */
  cut(): void;
  /** Takes no connections (ECONNREFUSED) until `listen`. */
  silence(): Promise<void>;
  listen(): Promise<void>;
}

export interface ProxiedRequest {
  readonly method: string;
  readonly path: string;
  /** Of an archive, nothing: it may be of 100 MB. */
  readonly body: string;
}

export type Fault =
  | { readonly kind: 'hang' }
  | { readonly kind: 'delay'; readonly delayMs: number }
  /** Answered by the proxy; the engine is not asked. */
  | { readonly kind: 'answer'; readonly status: number; readonly body?: object }
  /** The connection ends: before the engine is asked, or with its work done and the answer lost. */
  | { readonly kind: 'cut'; readonly when: 'before' | 'after' }
  /** What the engine answered, changed; a whole answer, so none that streams. */
  | { readonly kind: 'rewrite'; readonly rewrite: (body: string) => string }
  /** The half of what the engine answered, then the connection ends. */
  | { readonly kind: 'truncate' };

/** Opens a proxy before `engine`; it closes with the end given, default: that of the test. */
export async function startEngineProxy(
  engine: { readonly socket: string },
  atEnd: (end: () => Promise<void>) => void = onTestFinished,
): Promise<EngineProxy> {
  const folder = await mkdtemp(join(tmpdir(), 'mcp-manager-test-'));
  const socket = join(folder, 'engine.sock');
  const requests: ProxiedRequest[] = [];
  const faults = new Map<object, Injected>();
  const ask = async (incoming: IncomingMessage, answer: ServerResponse): Promise<void> => {
    const { method = 'GET', url = '/' } = incoming;
    const body = await buffer(incoming);
    const request = { method, path: url, body: method === 'PUT' ? '' : body.toString() };
    requests.push(request);
    const fault = [...faults.values()].find(({ matches }) => matches(request))?.fault;
    await (fault === undefined
      ? forward({ engine, incoming, body, answer })
      : misbehave({ engine, incoming, body, answer }, fault));
  };
  const server = createServer((incoming, answer) => {
    // What goes wrong between the two is what a client of a broken engine sees.
    ask(incoming, answer).catch(() => answer.destroy());
  });
  const listen = async (): Promise<void> => {
    server.listen(socket);
    await once(server, 'listening');
  };
  await listen();
  atEnd(async () => {
    await silence(server);
    await rm(folder, { recursive: true, force: true });
  });
  return {
    socket,
    requests,
    inject: (matches, fault) => {
      const key = {};
      faults.set(key, { matches, fault });
      return () => faults.delete(key);
    },
    cut: () => server.closeAllConnections(),
    silence: () => silence(server),
    listen,
  };
}

interface Injected {
  readonly matches: (request: ProxiedRequest) => boolean;
  readonly fault: Fault;
}

interface Exchange {
  readonly engine: { readonly socket: string };
  readonly incoming: IncomingMessage;
  readonly body: Buffer;
  readonly answer: ServerResponse;
}

async function misbehave(exchange: Exchange, fault: Fault): Promise<void> {
  const { answer } = exchange;
  switch (fault.kind) {
    case 'hang':
      return;
    case 'delay':
      await pause(fault.delayMs, undefined, { ref: false });
      return forward(exchange);
    case 'answer':
      answer.writeHead(fault.status, { 'Content-Type': 'application/json' });
      answer.end(JSON.stringify(fault.body ?? { cause: 'injected', message: 'injected' }));
      return;
    case 'cut':
      if (fault.when === 'after') await text(await askEngine(exchange));
      answer.destroy();
      return;
    case 'rewrite': {
      const { statusCode, body } = await readAnswer(exchange);
      answer.writeHead(statusCode, { 'Content-Type': 'application/json' });
      answer.end(fault.rewrite(body));
      return;
    }
    case 'truncate': {
      const { statusCode, body } = await readAnswer(exchange);
      answer.writeHead(statusCode, { 'Content-Length': Buffer.byteLength(body) });
      answer.write(body.slice(0, body.length / 2), () => answer.destroy());
      return;
    }
    default:
      return fault satisfies never;
  }
}

async function readAnswer(exchange: Exchange): Promise<{ statusCode: number; body: string }> {
  const got = await askEngine(exchange);
  return { statusCode: got.statusCode ?? 500, body: await text(got) };
}

async function forward(exchange: Exchange): Promise<void> {
  const { answer } = exchange;
  const got = await askEngine(exchange);
  answer.writeHead(got.statusCode ?? 500, got.headers);
  answer.flushHeaders();
  got.on('error', () => answer.destroy());
  got.pipe(answer);
}

async function askEngine({ engine, incoming, body, answer }: Exchange): Promise<IncomingMessage> {
  const { method, url: path } = incoming;
  const headers = { ...incoming.headers, connection: 'close' };
  const asking = httpRequest({ socketPath: engine.socket, method, path, headers, agent: false });
  answer.on('close', () => asking.destroy());
  const got = Promise.withResolvers<IncomingMessage>();
  asking.on('response', got.resolve).on('error', got.reject).end(body);
  return got.promise;
}

async function silence(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
