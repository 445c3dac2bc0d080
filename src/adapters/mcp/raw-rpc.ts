import { isRecord } from '../../model/record.ts';
import { CheckFailure } from './failure.ts';
import type { OpenSession } from './conversation.ts';
import { fetchWithinOrigin } from './fetch-within-origin.ts';

/** Bound of one answer that is read here; a discover or ping answer has a few hundred bytes. */
const LARGEST_ANSWER_BYTES = 1024 * 1024;

export interface RawRequest {
  readonly url: string;
  /** JSON-RPC message; a notification has no id. */
  readonly message: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Told as soon as the headers name a session, so that it can be ended whatever happens next. */
  readonly onSession?: (sessionId: string) => void;
  /** How a request is sent that may open a session. */
  readonly open?: OpenSession;
}

export interface RawAnswer {
  readonly status: number;
  readonly statusText: string;
  /** The JSON-RPC response to the request; absent when the body holds none. */
  readonly response?: RpcResponse;
}

export interface RpcResponse {
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: number; readonly message: string };
}

/** One JSON-RPC message by Streamable HTTP. Reads no further than the response to it. */
export async function postRpc(request: RawRequest, signal: AbortSignal): Promise<RawAnswer> {
  const send = (until: AbortSignal): Promise<Response> =>
    fetchWithinOrigin(request.url, {
      method: 'POST',
      headers: {
        ...request.headers,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      body: JSON.stringify(request.message),
      signal: until,
    });
  const reply = await (request.open ? request.open(send, signal) : send(signal));
  const sessionId = reply.headers.get('mcp-session-id');
  if (sessionId !== null) request.onSession?.(sessionId);
  const { status, statusText } = reply;
  const response = await readResponse(reply, request.message['id']);
  return response === undefined ? { status, statusText } : { status, statusText, response };
}

async function readResponse(reply: Response, id: unknown): Promise<RpcResponse | undefined> {
  if (id === undefined || reply.body === null) {
    await reply.body?.cancel();
    return undefined;
  }
  const chunks = readText(reply.body);
  const streamed = reply.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
  // Leaving either loop early cancels the body.
  if (streamed) {
    for await (const data of readEvents(chunks)) {
      const response = parseResponse(data, id);
      if (response !== undefined) return response;
    }
    return undefined;
  }
  let text = '';
  for await (const chunk of chunks) text += chunk;
  return parseResponse(text, id);
}

/** A body as text, in pieces. Throws CheckFailure once it is larger than any answer may be. */
export async function* readText(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > LARGEST_ANSWER_BYTES) throw new CheckFailure('answered more than 1 MiB');
    yield decoder.decode(chunk, { stream: true });
  }
}

/** The data of each event (HTML Living Standard, server-sent events; no lone CR as line end). */
async function* readEvents(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let unfinished = '';
  let data: string[] = [];
  for await (const chunk of chunks) {
    unfinished += chunk;
    // Looking for line ends in the new piece only keeps a dripping stream linear.
    if (!chunk.includes('\n')) continue;
    const lines = unfinished.split(/\r?\n/);
    unfinished = lines.pop() ?? '';
    for (const line of lines) {
      if (line.startsWith('data:')) data.push(line.slice('data:'.length));
      if (line !== '' || data.length === 0) continue;
      yield data.join('\n');
      data = [];
    }
  }
}

/** An error that the server could not attribute to a request carries the id null, or none. */
function parseResponse(text: string, id: unknown): RpcResponse | undefined {
  const value = parseJson(text);
  if (!isRecord(value)) return undefined;
  const { error, result } = value;
  if (isRecord(result) && value['id'] === id) return { result };
  const forUs = value['id'] === id || value['id'] === null || value['id'] === undefined;
  if (!isRecord(error) || !forUs) return undefined;
  const { code, message } = error;
  return typeof code === 'number' ? { error: { code, message: String(message) } } : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
