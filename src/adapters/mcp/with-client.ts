import type { Client } from '@modelcontextprotocol/client';
import type { NotVerified, ProbeTarget } from '../../model/verification.ts';
import { toLine } from '../../model/plain-text.ts';
import { type Conversation, openConversation, type Seen } from './conversation.ts';
import { CheckFailure, formatFailure, toStatusResult } from './failure.ts';
import type { SessionKeeper } from './session-keeper.ts';
import { within } from './within.ts';

/** A server whose pages never end is not listed for ever. */
const MOST_PAGES = 50;
/** Above the caller's own deadline, which must win: the library's own is one minute. */
const LIBRARY_TIMEOUT_MS = 3_700_000;
/** What a server says of itself is shown in one line. */
const LONGEST_MESSAGE = 200;

export interface Conversing {
  readonly target: ProbeTarget;
  readonly version: string;
  readonly sessions: SessionKeeper;
}

/** A connected client of the official library, and how each of its requests ends with the caller's signal. */
export interface Connected {
  readonly client: Client;
  readonly options: { readonly signal: AbortSignal; readonly timeout: number };
}

/** What the work came to, or what is to be said of the server with which it did not. */
export type Worked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly result: NotVerified };

/**
 * Connects in the era that the server speaks, works, and ends every session that the server opened.
 * All answers together are bounded in bytes. Throws only when the signal aborts.
 */
export async function withClient<T>(
  { target, version, sessions }: Conversing,
  signal: AbortSignal,
  work: (connected: Connected) => Promise<T>,
): Promise<Worked<T>> {
  const url = target.url + target.path;
  const conversation = openConversation(signal, (send, cut) => sessions.open(url, send, cut));
  try {
    const cut = AbortSignal.any([signal, conversation.broken]);
    const client = await openClient(version);
    const value = await within(cut, converse({ target, client, conversation, cut }, work));
    return { ok: true, value };
  } catch (error) {
    if (signal.aborted) throw error;
    return { ok: false, result: explain(error, conversation.seen, target) };
  } finally {
    conversation.stop();
    const { sessionIds, agreed } = conversation.seen;
    for (const id of sessionIds) sessions.end({ url, id, ...agreed });
  }
}

/** The library is loaded by the first client: it takes longer than a short command may. */
async function openClient(version: string): Promise<Client> {
  const { Client } = await import('@modelcontextprotocol/client');
  return new Client(
    { name: 'mcp-manager', version },
    { versionNegotiation: { mode: 'auto' }, listMaxPages: MOST_PAGES },
  );
}

interface Talk {
  readonly target: ProbeTarget;
  readonly client: Client;
  readonly conversation: Conversation;
  readonly cut: AbortSignal;
}

async function converse<T>(
  { target, client, conversation, cut }: Talk,
  work: (connected: Connected) => Promise<T>,
): Promise<T> {
  const { StreamableHTTPClientTransport } = await import('@modelcontextprotocol/client');
  const url = new URL(target.url + target.path);
  const transport = new StreamableHTTPClientTransport(url, { fetch: conversation.fetch });
  const options = { signal: cut, timeout: LIBRARY_TIMEOUT_MS };
  try {
    await client.connect(transport, options);
    return await work({ client, options });
  } finally {
    await client.close();
  }
}

/** From what was seen on the wire first; from the library's error only what the server said. */
function explain(error: unknown, seen: Seen, target: ProbeTarget): NotVerified {
  const { failure, lastAnswer: answer } = seen;
  if (error instanceof CheckFailure) return failed(error.message);
  if (failure instanceof CheckFailure) return failed(failure.message);
  if (failure !== undefined) return failed(formatFailure(failure, target.url));
  if (answer === undefined) return failed(formatFailure(error, target.url));
  if (answer.status < 200 || answer.status > 299) {
    return toStatusResult(target, answer.status, answer.statusText);
  }
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'LIST_PAGINATION_EXCEEDED') {
    return failed(`lists more than ${MOST_PAGES} pages of tools`);
  }
  if (typeof code === 'number' && error instanceof Error) {
    const words = target.discreet ? '' : `: ${toLine(error.message, LONGEST_MESSAGE)}`;
    return failed(`answered with error ${code}${words}`);
  }
  const type = answer.contentType.split(';')[0];
  const body = answer.bytes === 0 ? 'an empty body' : type || 'a body without a content type';
  return failed(`answered ${answer.status} but not MCP: ${body} at ${target.path}`);
}

function failed(message: string): NotVerified {
  return { outcome: 'failed', message };
}
