import type { ServerResponse } from 'node:http';
import type { Answer } from './answer.ts';
import { createHttpAnswer } from './answer.ts';
import { askChild } from './ask-child.ts';
import { META } from './eras.ts';
import type { EventStream } from './event-stream.ts';
import { openEventStream } from './event-stream.ts';
import type { Hub } from './hub.ts';
import { honour, readFilter } from './hub.ts';
import type { Id, Outcome, Request } from './json-rpc.ts';
import { CODES, failure, withMeta } from './json-rpc.ts';
import type { Link } from './link.ts';
import type { ParamHeaders } from './param-headers.ts';
import { withClientSubscription } from './peer.ts';
import type { CallContext } from './service.ts';
import type { SharedChild } from './shared-child.ts';
import { isSharedMethod, toDiscovery, toLegacyParams, toModernOutcome } from './translate.ts';

export interface ModernOptions {
  readonly shared: SharedChild;
  readonly callTimeoutMs: number;
  readonly paramHeaders: ParamHeaders;
}

export interface Modern {
  /** Answers one request of the modern era, its era checked already. Rejects when no child can be had. */
  serve(request: Request, exchange: Exchange): Promise<void>;
  /** Ends all standing streams, telling their clients so. */
  end(): void;
}

export interface Exchange {
  readonly response: ServerResponse;
  readonly header: (name: string) => string | undefined;
}

/** What ends each standing stream. */
type Standing = Map<EventStream | Answer, () => void>;

interface ListenParts {
  readonly link: Link;
  readonly hub: Hub;
  readonly standing: Standing;
}

/** Streams that stand: a client that wants more is refused. */
const MOST_SUBSCRIPTIONS = 1_024;
const STATUS: Readonly<Record<number, number>> = {
  [CODES.methodNotFound]: 404,
  [CODES.headerMismatch]: 400,
  [CODES.missingClientCapability]: 400,
  [CODES.unsupportedVersion]: 400,
};

export function createModern({ shared, callTimeoutMs, paramHeaders }: ModernOptions): Modern {
  const standing: Standing = new Map();

  async function serve(request: Request, { response, header }: Exchange): Promise<void> {
    const link = await shared.link();
    if (response.destroyed) return;
    const refused = await paramHeaders.refuse(link, request, header);
    if (request.method === 'subscriptions/listen' && link.era === 'legacy') {
      listen({ link, hub: shared.hub, standing }, request, response);
      return;
    }
    const answer = createHttpAnswer(response, { statusOf });
    if (request.method === 'subscriptions/listen') stand(link, request.id, answer);
    const outcome = refused ?? (await ask(link, request, contextOf(answer)));
    // In this era the end of the connection is how a client cancels.
    if (outcome === undefined) answer.end();
    else answer.finish(request.id, withClientSubscription(outcome, request.id));
  }

  /** A modern child serves its subscriptions itself; only their end at ours is told by us. */
  function stand(link: Link, id: Id, answer: Answer): void {
    standing.set(answer, () => answer.finish(id, endOfListening(id, link)));
    answer.onClosed(() => standing.delete(answer));
  }

  function contextOf(answer: Answer): CallContext {
    const gone = new AbortController();
    answer.onClosed(() => gone.abort());
    return { send: answer.send, signal: gone.signal, timeoutMs: callTimeoutMs };
  }

  return {
    serve,
    end() {
      for (const finish of standing.values()) finish();
    },
  };
}

/** A legacy child tells its changes to all: here they are sorted by what each client asked for. */
function listen(
  { link, hub, standing }: ListenParts,
  { id, params }: Request,
  response: ServerResponse,
): void {
  const filter = readFilter(params);
  if (filter === undefined || standing.size >= MOST_SUBSCRIPTIONS) {
    const outcome =
      filter === undefined
        ? failure(CODES.invalidParams, 'params.notifications is no filter')
        : failure(CODES.internalError, 'There are too many subscriptions.');
    createHttpAnswer(response).finish(id, outcome);
    return;
  }
  const honoured = honour(filter, link.facts.capabilities);
  const stream = openEventStream(response);
  const meta = { [META.subscriptionId]: id };
  stream.send({
    kind: 'notification',
    method: 'notifications/subscriptions/acknowledged',
    params: { notifications: honoured, _meta: meta },
  });
  const stop = hub.listen(link, honoured, (notification) =>
    stream.send({ ...notification, params: withMeta(notification.params, meta) }),
  );
  standing.set(stream, () => {
    stream.send({ kind: 'response', id, outcome: endOfListening(id, link) });
    stream.end();
  });
  stream.onClosed(() => {
    stop();
    standing.delete(stream);
  });
  if (Object.keys(honoured).length === 0) standing.get(stream)?.();
}

async function ask(
  link: Link,
  request: Request,
  context: CallContext,
): Promise<Outcome | undefined> {
  const { id, method, params } = request;
  if (link.era === 'modern') return askChild(link, request, context);
  if (method === 'server/discover') return toDiscovery(link.facts);
  if (!isSharedMethod(method)) return failure(CODES.methodNotFound, `Method not found: ${method}`);
  const asked = { id, method, params: toLegacyParams(params) };
  const outcome = await askChild(link, asked, context);
  return outcome && toModernOutcome(method, outcome, link.facts);
}

function statusOf(outcome: Outcome): number {
  return 'error' in outcome ? (STATUS[outcome.error.code] ?? 200) : 200;
}

function endOfListening(id: Id, { facts }: Link): Outcome {
  const meta = { [META.subscriptionId]: id, [META.serverInfo]: facts.serverInfo };
  return { result: { resultType: 'complete', _meta: meta } };
}
