import { META } from './eras.ts';
import type { Fields, Id, Message, Notification, Outcome } from './json-rpc.ts';
import { CODES, failure, metaOf, withMeta } from './json-rpc.ts';

export interface CallRequest {
  readonly method: string;
  readonly params?: Fields | undefined;
  /** Notifications that name this call: its progress, and what a subscription of its own brings. */
  readonly onNotification?: ((notification: Notification) => void) | undefined;
  /** The id by which its client knows the call. */
  readonly clientId?: Id | undefined;
  readonly timeoutMs?: number | undefined;
}

export interface Call {
  readonly id: number;
  readonly request: CallRequest;
  /** Never rejects; undefined when it was cancelled. */
  readonly answer: Promise<Outcome | undefined>;
  /** Tells the child, and answers nothing more. Idempotent. */
  cancel(reason?: string): void;
}

/** The calls at one child that are not answered yet, by ids of ours. */
export interface Calls {
  make(request: CallRequest): Call;
  /** An answer came. Of a call that was cancelled meanwhile, perhaps: then nobody waits for it. */
  settle(id: Id | null, outcome: Outcome): void;
  /** Something came that names a call; one that no open call has belongs to nobody any more. */
  notify(id: unknown, notification: Notification): void;
  pending(): readonly Call[];
  /** The child has ended: every call fails, now and from now on. */
  end(reason: string): void;
  hasEnded(): boolean;
}

interface Pending {
  readonly call: Call;
  readonly settle: (outcome: Outcome | undefined) => void;
}

/** `send` answers whether the child takes what it is sent. */
export function createCalls(send: (message: Message) => boolean): Calls {
  const open = new Map<unknown, Pending>();
  let nextId = 1;
  let endReason: string | undefined;

  function make(request: CallRequest): Call {
    const id = nextId++;
    const { promise: answer, resolve } = Promise.withResolvers<Outcome | undefined>();
    const { timeoutMs } = request;
    let timer: NodeJS.Timeout | undefined;
    const call: Call = { id, request, answer, cancel };

    function settle(outcome: Outcome | undefined): void {
      clearTimeout(timer);
      open.delete(id);
      resolve(outcome);
    }
    function cancel(reason?: string): void {
      if (!open.has(id)) return;
      settle(undefined);
      const params = reason === undefined ? { requestId: id } : { requestId: id, reason };
      send({ kind: 'notification', method: 'notifications/cancelled', params });
    }
    function expire(): void {
      resolve(tooLate(timeoutMs ?? 0));
      cancel('timeout');
    }

    const params = withOwnToken(request.params, id);
    if (endReason !== undefined) settle(gone(endReason));
    else if (send({ kind: 'request', id, method: request.method, params })) {
      open.set(id, { call, settle });
      if (timeoutMs !== undefined) timer = setTimeout(expire, timeoutMs);
    } else settle(doesNotRead());
    return call;
  }

  return {
    make,
    settle: (id, outcome) => open.get(id)?.settle(outcome),
    notify(id, notification) {
      const request = open.get(id)?.call.request;
      request?.onNotification?.(withClientToken(notification, request));
    },
    pending: () => [...open.values()].map(({ call }) => call),
    end(reason) {
      endReason = reason;
      for (const { settle } of open.values()) settle(gone(reason));
    },
    hasEnded: () => endReason !== undefined,
  };
}

function withOwnToken(params: Fields | undefined, id: number): Fields | undefined {
  return metaOf(params)['progressToken'] === undefined
    ? params
    : withMeta(params, { progressToken: id });
}

function withClientToken(
  notification: Notification,
  { params, clientId }: CallRequest,
): Notification {
  if (notification.method === 'notifications/progress') {
    const progressToken = metaOf(params)['progressToken'];
    return { ...notification, params: { ...notification.params, progressToken } };
  }
  return {
    ...notification,
    params: withMeta(notification.params, { [META.subscriptionId]: clientId }),
  };
}

function gone(reason: string): Outcome {
  return failure(CODES.internalError, `The server ended before it answered (${reason}).`);
}

function doesNotRead(): Outcome {
  return failure(CODES.internalError, 'The server does not read its input.');
}

function tooLate(timeoutMs: number): Outcome {
  const seconds = String(timeoutMs / 1_000);
  return failure(CODES.internalError, `The server did not answer in ${seconds} s.`);
}
