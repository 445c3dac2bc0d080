import type { Call, CallRequest } from './calls.ts';
import { createCalls } from './calls.ts';
import type { Child } from './child.ts';
import { META } from './eras.ts';
import type { Fields, Id, Message, Notification, Outcome, Request } from './json-rpc.ts';
import {
  CODES,
  failure,
  isFields,
  metaOf,
  readMessage,
  withMeta,
  writeMessage,
} from './json-rpc.ts';
import type { Log } from './log.ts';

/** One child as the other end of JSON-RPC: ids and progress tokens are ours, so calls of many clients fit. */
export interface Peer {
  readonly child: Child;
  call(request: CallRequest): Call;
  notify(method: string, params?: Fields): void;
  respond(id: Id, outcome: Outcome): void;
  onRequest(handler: (request: Request) => void): void;
  /** What belongs to no call. */
  onNotification(handler: (notification: Notification) => void): void;
  readonly pending: () => readonly Call[];
  /** Resolves after every pending call was answered with an error. */
  readonly ended: Promise<string>;
  hasEnded(): boolean;
}

export function createPeer(child: Child, log: Log): Peer {
  const send = (message: Message): boolean => child.send(writeMessage(message));
  const calls = createCalls(send);
  const respond = (id: Id, outcome: Outcome): void => void send({ kind: 'response', id, outcome });
  let onRequest = ({ id, method }: Request): void => respond(id, refuse(method));
  let onNotification: ((notification: Notification) => void) | undefined;

  function receive(message: Message): void {
    switch (message.kind) {
      case 'request':
        onRequest(message);
        break;
      case 'response':
        calls.settle(message.id, message.outcome);
        break;
      case 'notification': {
        const id = callIdOf(message);
        if (id === undefined) onNotification?.(message);
        else calls.notify(id, message);
        break;
      }
    }
  }

  child.onLine((line) => {
    const message = readLine(line);
    const { pid } = child;
    try {
      if (message !== undefined) receive(message);
      else if (line.trim() !== '') {
        log.sometimes('stdout', 'the server wrote what is no JSON-RPC', { pid, line });
      }
    } catch (error) {
      // What can be read cannot always be written: too deeply nested, for one.
      log.sometimes('unsent', 'a message could not be passed on', { pid, error: String(error) });
    }
  });
  return {
    child,
    call: calls.make,
    notify: (method, params) => void send({ kind: 'notification', method, params }),
    respond,
    onRequest: (handler) => (onRequest = handler),
    onNotification: (handler) => (onNotification = handler),
    pending: calls.pending,
    ended: child.ended.then((reason) => {
      calls.end(reason);
      return reason;
    }),
    hasEnded: calls.hasEnded,
  };
}

function readLine(line: string): Message | undefined {
  // Cheap for what a program prints by mistake, a flood of it too.
  if (!line.trimStart().startsWith('{')) return undefined;
  try {
    return readMessage(JSON.parse(line));
  } catch {
    return undefined;
  }
}

/** The call that a notification names: by its progress token, or as a subscription. */
function callIdOf({ method, params }: Notification): unknown {
  return method === 'notifications/progress'
    ? params?.['progressToken']
    : metaOf(params)[META.subscriptionId];
}

/** A result that names its subscription names it by the client's id. */
export function withClientSubscription(outcome: Outcome, clientId: Id): Outcome {
  if (!('result' in outcome)) return outcome;
  const meta = outcome.result['_meta'];
  if (!isFields(meta) || meta[META.subscriptionId] === undefined) return outcome;
  return { result: withMeta(outcome.result, { [META.subscriptionId]: clientId }) };
}

function refuse(method: string): Outcome {
  return failure(CODES.methodNotFound, `${method} cannot be asked of the clients of this server`);
}
