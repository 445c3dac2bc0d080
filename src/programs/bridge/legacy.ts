import type { IncomingMessage, ServerResponse } from 'node:http';
import { createHttpAnswer } from './answer.ts';
import { isKnownLegacyHeader } from './classify.ts';
import { openEventStream } from './event-stream.ts';
import type { Message, Request } from './json-rpc.ts';
import { CODES } from './json-rpc.ts';
import { refuse } from './refuse.ts';
import type { Session } from './session.ts';
import type { Sessions } from './sessions.ts';

/** The revisions with sessions: POST for messages, GET for a standing stream, DELETE for the end. */
export interface Legacy {
  /** Rejects when no child can be had for a new session. */
  post(message: Message, request: IncomingMessage, response: ServerResponse): Promise<void>;
  get(request: IncomingMessage, response: ServerResponse): void;
  remove(request: IncomingMessage, response: ServerResponse): void;
}

interface HttpExchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

export function createLegacy(sessions: Sessions): Legacy {
  return {
    async post(message, request, response) {
      if (message.kind === 'request' && message.method === 'initialize') {
        await open(sessions, message, response);
        return;
      }
      const session = findSession(sessions, { request, response }, message);
      if (session === undefined) return;
      sessions.touch(session);
      switch (message.kind) {
        case 'request':
          await session.serve(message, createHttpAnswer(response, session));
          break;
        case 'notification':
          session.notify(message);
          response.writeHead(202).end();
          break;
        case 'response':
          session.answer(message);
          response.writeHead(202).end();
          break;
      }
    },
    get(request, response) {
      if (request.headers.accept?.includes('text/event-stream') !== true) {
        refuse(response, { status: 406, message: 'Accept must have text/event-stream.' });
        return;
      }
      const session = findSession(sessions, { request, response });
      if (session === undefined) return;
      if (session.hasStream()) {
        refuse(response, { status: 409, message: 'The session has its one stream already.' });
        return;
      }
      sessions.touch(session);
      const headers = { 'mcp-session-id': session.id };
      session.attach(openEventStream(response, { headers, flow: session.flow }));
    },
    remove(request, response) {
      const session = findSession(sessions, { request, response });
      if (session === undefined) return;
      sessions.remove(session.id);
      response.writeHead(200).end();
    },
  };
}

async function open(
  sessions: Sessions,
  initialize: Request,
  response: ServerResponse,
): Promise<void> {
  const session = sessions.create(initialize);
  response.once('close', () => {
    // Nobody has learnt of a session whose greeting could not be delivered.
    if (!response.writableFinished) sessions.remove(session.id);
  });
  try {
    const outcome = await session.open();
    const headers = { 'mcp-session-id': session.id };
    createHttpAnswer(response, { headers }).finish(initialize.id, outcome);
    sessions.touch(session);
  } catch (error) {
    sessions.remove(session.id);
    throw error;
  }
}

/** Undefined when there is none; that was answered then. */
function findSession(
  sessions: Sessions,
  { request, response }: HttpExchange,
  message?: Message,
): Session | undefined {
  const id = request.headers['mcp-session-id'];
  const version = request.headers['mcp-protocol-version'];
  const answers = message?.kind === 'request' ? message.id : null;
  if (id === undefined) {
    const words = 'Bad Request: the header Mcp-Session-Id is missing.';
    refuse(response, { status: 400, id: answers, message: words });
    return undefined;
  }
  const session = sessions.find(String(id));
  if (session === undefined) {
    const code = CODES.sessionNotFound;
    refuse(response, { status: 404, id: answers, code, message: 'Session not found' });
    return undefined;
  }
  if (isKnownLegacyHeader(version === undefined ? undefined : String(version))) return session;
  const words = `Bad Request: Unsupported protocol version ${String(version)}`;
  refuse(response, { status: 400, id: answers, message: words });
  return undefined;
}
