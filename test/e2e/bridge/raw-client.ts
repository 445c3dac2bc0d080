import { expect } from 'vitest';

export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The messages of the body, be it one of JSON or a stream of events. */
  readonly messages: readonly RawMessage[];
}

export interface RawMessage {
  readonly id?: number | string | null;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

type HeaderFields = Readonly<Record<string, string>>;
const JSON_HEADERS = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
};
const ANSWER_MS = 20_000;

/** Posts one message, or anything else, as it is. */
export async function post(
  url: string,
  body: unknown,
  headers: HeaderFields = {},
  signal: AbortSignal = AbortSignal.timeout(ANSWER_MS),
): Promise<RawAnswer> {
  const response = await fetch(`${url}/mcp`, {
    method: 'POST',
    headers: { ...JSON_HEADERS, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    signal,
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, messages: readMessages(text) };
}

export const call = (id: number | string, name: string, args: object = {}, meta: object = {}) => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name, arguments: args, _meta: meta },
});

/** A request of the modern era with the headers that belong to it. */
export function modern(method: string, params: Readonly<Record<string, unknown>> = {}, id = 1) {
  const meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const name = params['name'] ?? params['uri'];
  const given = typeof params['_meta'] === 'object' ? params['_meta'] : {};
  return {
    body: { jsonrpc: '2.0', id, method, params: { ...params, _meta: { ...meta, ...given } } },
    headers: {
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
      ...(typeof name === 'string' ? { 'mcp-name': name } : {}),
    },
  };
}

export async function callModern(url: string, name: string, args: object = {}, id = 1) {
  const { body, headers } = modern('tools/call', { name, arguments: args }, id);
  return post(url, body, headers);
}

/** The text of the one content that a tool answered with. */
export function textOf({ messages }: RawAnswer): string {
  const last = messages.at(-1);
  return (
    /"text":"([^"]*)"/.exec(JSON.stringify(last?.result ?? {}))?.[1] ??
    `no text: ${JSON.stringify(last)}`
  );
}

export interface RawSession {
  readonly id: string;
  post(body: unknown, headers?: HeaderFields, signal?: AbortSignal): Promise<RawAnswer>;
  call(name: string, args?: object): Promise<RawAnswer>;
  /** Posts and reads nothing but the headers of the answer. */
  fetch(body: unknown, signal?: AbortSignal): Promise<Response>;
  /** The standing stream; the caller ends it by the signal. */
  listen(signal: AbortSignal): Promise<Response>;
  end(): Promise<number>;
}

export const initialize = (version = '2025-11-25', capabilities: object = {}) => ({
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: {
    protocolVersion: version,
    capabilities,
    clientInfo: { name: 'raw', version: '1' },
  },
});

/** A session of the legacy era, greeted. */
export async function openSession(url: string, version?: string): Promise<RawSession> {
  const opened = await post(url, initialize(version));
  expect(opened.status, JSON.stringify(opened.messages)).toBe(200);
  const id = opened.headers.get('mcp-session-id') ?? '';
  const headers = { 'mcp-session-id': id };
  await post(url, { jsonrpc: '2.0', method: 'notifications/initialized' }, headers);
  let next = 1;
  return {
    id,
    post: (body, more = {}, signal) => post(url, body, { ...headers, ...more }, signal),
    call: (name, args = {}) => post(url, call(next++, name, args), headers),
    fetch: (body, signal) =>
      fetch(`${url}/mcp`, {
        method: 'POST',
        headers: { ...JSON_HEADERS, ...headers },
        body: JSON.stringify(body),
        ...(signal === undefined ? {} : { signal }),
      }),
    listen: (signal) =>
      fetch(`${url}/mcp`, { headers: { ...headers, accept: 'text/event-stream' }, signal }),
    end: async () => (await fetch(`${url}/mcp`, { method: 'DELETE', headers })).status,
  };
}

function readMessages(text: string): RawMessage[] {
  if (text === '') return [];
  if (text.startsWith('{')) return [JSON.parse(text)];
  return text
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => JSON.parse(line.slice('data: '.length)));
}
