import type { Tool } from '@modelcontextprotocol/client';
import { digestOf } from '../../model/canonical.ts';
import type { CheckResult, Era, ProbeTarget } from '../../model/verification.ts';
import { type Conversation, openConversation, type Seen } from './conversation.ts';
import { CheckFailure, formatFailure, toStatusResult } from './failure.ts';
import type { SessionKeeper } from './session-keeper.ts';
import { within } from './within.ts';

/** A server whose pages never end is not listed for ever. */
const MOST_PAGES = 50;
const MOST_TOOLS = 5_000;
/** Above the deadline of the whole check, which must win: the library's own is one minute. */
const SPARE_MS = 1_000;
/** What a server says of itself is shown in one line. */
const LONGEST_MESSAGE = 200;

export interface Verifying {
  readonly target: ProbeTarget;
  readonly version: string;
  readonly sessions: SessionKeeper;
}

interface Conversing {
  readonly target: ProbeTarget;
  readonly version: string;
  readonly conversation: Conversation;
}

/** Handshake in the era that the server speaks, then `tools/list`, by the official client. */
export async function verifyMcp(
  { target, version, sessions }: Verifying,
  signal: AbortSignal,
): Promise<CheckResult> {
  const conversation = openConversation(signal);
  try {
    const cut = AbortSignal.any([signal, conversation.broken]);
    const { era, tools } = await within(cut, converse({ target, version, conversation }, cut));
    return toResult(target, era, tools);
  } catch (error) {
    if (signal.aborted) throw error;
    return explain(error, conversation.seen, target);
  } finally {
    conversation.stop();
    const { sessionIds, agreed } = conversation.seen;
    for (const id of sessionIds) sessions.end({ url: target.url + target.path, id, ...agreed });
  }
}

/** The library is loaded by the first verification: it takes longer than a short command may. */
async function converse(
  { target, version, conversation }: Conversing,
  signal: AbortSignal,
): Promise<{ readonly era: Era | undefined; readonly tools: readonly Tool[] }> {
  const { Client, StreamableHTTPClientTransport } = await import('@modelcontextprotocol/client');
  const url = new URL(target.url + target.path);
  const transport = new StreamableHTTPClientTransport(url, { fetch: conversation.fetch });
  const client = new Client(
    { name: 'mcp-manager', version },
    { versionNegotiation: { mode: 'auto' }, listMaxPages: MOST_PAGES },
  );
  const options = { signal, timeout: target.verify.timeoutMs + SPARE_MS };
  try {
    await client.connect(transport, options);
    const era = client.getProtocolEra();
    // Asked for a list that the server does not offer, the library writes to standard output.
    if (client.getServerCapabilities()?.tools === undefined) return { era, tools: [] };
    const { tools } = await client.listTools(undefined, options);
    return { era, tools };
  } finally {
    await client.close();
  }
}

function toResult(target: ProbeTarget, era: Era | undefined, listed: readonly Tool[]): CheckResult {
  if (listed.length > MOST_TOOLS) {
    return { outcome: 'failed', message: `lists more than ${MOST_TOOLS} tools` };
  }
  const surface = listed
    .map(({ name, description, inputSchema }) => ({ name, description, inputSchema }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const tools = surface.map(({ name }) => name);
  const missing = target.verify.tools.filter((name) => !tools.includes(name));
  if (missing.length > 0) {
    return { outcome: 'failed', message: `does not list the tools ${missing.join(', ')}` };
  }
  return {
    outcome: 'verified',
    ...(era !== undefined && { era }),
    tools,
    toolsHash: digestOf(surface),
  };
}

/** From what was seen on the wire first; from the library's error only what the server said. */
function explain(error: unknown, seen: Seen, target: ProbeTarget): CheckResult {
  const { failure, lastAnswer: answer } = seen;
  if (failure instanceof CheckFailure) return failed(failure.message);
  if (failure !== undefined) return failed(formatFailure(failure, target.url));
  if (answer === undefined) return failed(formatFailure(error, target.url));
  if (answer.status < 200 || answer.status > 299) {
    return toStatusResult(answer.status, answer.statusText, target.path);
  }
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'LIST_PAGINATION_EXCEEDED') {
    return failed(`lists more than ${MOST_PAGES} pages of tools`);
  }
  if (typeof code === 'number' && error instanceof Error) {
    return failed(`answered with error ${code}: ${toLine(error.message)}`);
  }
  const type = answer.contentType.split(';')[0];
  const body = answer.bytes === 0 ? 'an empty body' : type || 'a body without a content type';
  return failed(`answered ${answer.status} but not MCP: ${body} at ${target.path}`);
}

function failed(message: string): CheckResult {
  return { outcome: 'failed', message };
}

function toLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').slice(0, LONGEST_MESSAGE);
}
