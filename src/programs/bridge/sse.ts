import type { ServerResponse } from 'node:http';
import type { Answer } from './answer.ts';
import type { EventStream } from './event-stream.ts';
import { openEventStream } from './event-stream.ts';
import type { Message } from './json-rpc.ts';
import { CODES } from './json-rpc.ts';
import { refuse } from './refuse.ts';
import type { Session } from './session.ts';
import type { Sessions } from './sessions.ts';
import { toOutcome } from './unserved.ts';

/** The transport of 2024-11-05: one stream for everything to the client, posts for everything from it. */
export interface Sse {
  open(response: ServerResponse): void;
  /** The message goes to the client of the stream whose id the query has. */
  post(message: Message, id: string | null, response: ServerResponse): void;
  end(): void;
}

export const SSE_PATH = '/sse';
export const SSE_POST_PATH = '/messages';

interface Client {
  readonly stream: EventStream;
  session: Session | undefined;
  /** Ends of the requests that are being answered, for when the client has gone. */
  readonly open: Set<() => void>;
}

export function createSse({
  sessions,
  createId,
  maxStreams,
}: {
  readonly sessions: Sessions;
  readonly createId: () => string;
  readonly maxStreams: number;
}): Sse {
  const clients = new Map<string, Client>();

  return {
    open(response) {
      if (clients.size >= maxStreams) {
        const headers = { 'retry-after': '5' };
        refuse(response, { status: 503, headers, message: 'There are too many streams.' });
        return;
      }
      const id = createId();
      const stream = openEventStream(response);
      const client: Client = { stream, session: undefined, open: new Set() };
      clients.set(id, client);
      stream.onClosed(() => {
        clients.delete(id);
        for (const finish of client.open) finish();
        if (client.session !== undefined) sessions.remove(client.session.id);
      });
      // Relative: it holds below any public path.
      stream.sendEvent('endpoint', `${SSE_POST_PATH.slice(1)}?sessionId=${id}`);
    },
    post(message, id, response) {
      const client = id === null ? undefined : clients.get(id);
      if (client === undefined) {
        const code = CODES.sessionNotFound;
        refuse(response, { status: 404, code, message: 'Session not found' });
        return;
      }
      response.writeHead(202).end();
      take(sessions, client, message).catch(() => client.stream.end());
    },
    end() {
      for (const { stream } of clients.values()) stream.end();
    },
  };
}

async function take(sessions: Sessions, client: Client, message: Message): Promise<void> {
  if (message.kind === 'request' && message.method === 'initialize') {
    await greet(sessions, client, message);
    return;
  }
  const { session } = client;
  if (session === undefined) return;
  sessions.touch(session);
  switch (message.kind) {
    case 'request':
      await session.serve(message, createStreamAnswer(client));
      break;
    case 'notification':
      session.notify(message);
      break;
    case 'response':
      session.answer(message);
      break;
  }
}

async function greet(
  sessions: Sessions,
  client: Client,
  message: Extract<Message, { kind: 'request' }>,
): Promise<void> {
  const { stream } = client;
  try {
    if (client.session !== undefined) sessions.remove(client.session.id);
    const session = sessions.create(message);
    client.session = session;
    const outcome = await session.open();
    stream.send({ kind: 'response', id: message.id, outcome });
    session.attach(stream);
  } catch (error) {
    stream.send({ kind: 'response', id: message.id, outcome: toOutcome(error) });
    stream.end();
  }
}

/** Answers go to the stream with everything else, and it stays open. */
function createStreamAnswer({ stream, open }: Client): Answer {
  const closed: (() => void)[] = [];
  const finish = (): void => {
    open.delete(finish);
    for (const handler of closed.splice(0)) handler();
  };
  open.add(finish);
  return {
    send: stream.send,
    finish(id, outcome) {
      stream.send({ kind: 'response', id, outcome });
      finish();
    },
    end: finish,
    isOpen: () => open.has(finish) && stream.isOpen(),
    onClosed: (handler) => void closed.push(handler),
  };
}
