import type { Answer } from './answer.ts';
import type { BackOff } from './back-off.ts';
import type { EventStream, Flow } from './event-stream.ts';
import type { Notification, Outcome, Request, Response } from './json-rpc.ts';
import { isId } from './json-rpc.ts';
import type { Keeper } from './keeper.ts';
import type { Link } from './link.ts';
import type { Log } from './log.ts';
import type { Outbox } from './outbox.ts';
import { createOutbox } from './outbox.ts';
import type { OwnChild, OwnChildOptions } from './own-child.ts';
import { createOwnChild } from './own-child.ts';
import type { Pool } from './pool.ts';
import type { Questions } from './questions.ts';
import { createQuestions } from './questions.ts';
import { createRelay } from './relay.ts';
import type { CallContext, Service } from './service.ts';
import { createSessionCalls } from './session-calls.ts';
import type { SharedChild } from './shared-child.ts';
import { toInitializeResult } from './translate.ts';
import { createTranslator } from './translator.ts';
import { toOutcome } from './unserved.ts';

export interface SessionOptions {
  readonly id: string;
  readonly initialize: Request;
  /** The revision that was agreed on with the client. */
  readonly version: string;
  /** Where there is one, the session has no child of its own. */
  readonly shared: SharedChild | undefined;
  readonly pool: Pool;
  readonly starts: BackOff;
  readonly log: Log;
  readonly callTimeoutMs: number;
}

/** One legacy client: what it asks, is asked, and hears of. */
export interface Session {
  readonly id: string;
  /** Starts what is needed and greets. Rejects as the keeper and the greeting do. */
  open(): Promise<Outcome>;
  /** Answers one request; never rejects. */
  serve(request: Request, answer: Answer): Promise<void>;
  notify(notification: Notification): void;
  answer(response: Response): void;
  /** Takes the client's standing stream; false when it has one. */
  attach(stream: EventStream): boolean;
  hasStream(): boolean;
  /** Holds back the session's own child; undefined where others need the child too. */
  readonly flow: Flow | undefined;
  /** Something is under way, or the client listens. */
  isBusy(): boolean;
  end(): Promise<void>;
}

export function createSession(options: SessionOptions): Session {
  const outbox = createOutbox();
  const questions = createQuestions(outbox.sendNearCall);
  const { keeper, own, serviceOf, end } = createBackend(options, { outbox, questions });

  async function ask(request: Request, context: CallContext): Promise<Outcome | undefined> {
    try {
      const link = await keeper.link();
      if (context.signal.aborted) return undefined;
      return await serviceOf(link).serve(link, request, context);
    } catch (error) {
      return toOutcome(error);
    }
  }

  const calls = createSessionCalls({ ask, timeoutMs: options.callTimeoutMs });
  return {
    id: options.id,
    flow: own === undefined ? undefined : createFlow(own),
    async open() {
      const link = await keeper.link();
      const isAsItIs = own !== undefined && link.era === 'legacy';
      return {
        result: isAsItIs ? link.greeting : toInitializeResult(link.facts, options.version),
      };
    },
    async serve(request, answer) {
      outbox.enter(answer);
      await calls.serve(request, answer);
    },
    notify(notification) {
      const { method, params } = notification;
      const link = keeper.current();
      if (method === 'notifications/cancelled') {
        const id = params?.['requestId'];
        if (isId(id)) calls.cancel(id, params?.['reason']);
      } else if (link !== undefined) serviceOf(link).notify(link, notification);
    },
    answer: questions.answer,
    attach: outbox.attach,
    hasStream: outbox.hasStream,
    isBusy: () => calls.count() > 0 || outbox.hasStream(),
    async end() {
      calls.end();
      outbox.end();
      await end();
    },
  };
}

interface Ways {
  readonly outbox: Outbox;
  readonly questions: Questions;
}

interface Backend {
  readonly keeper: Keeper;
  readonly own: OwnChild | undefined;
  serviceOf(link: Link): Service;
  end(): Promise<void>;
}

/** The child that a session talks to, and the way in which it does. */
function createBackend(options: SessionOptions, ways: Ways): Backend {
  const { shared, pool, starts, log, initialize } = options;
  const params = initialize.params ?? {};
  const relay = createRelay();
  const { sendApart } = ways.outbox;
  const translator = createTranslator({
    params,
    hub: shared?.hub,
    questions: ways.questions,
    sendApart,
  });
  if (shared !== undefined) {
    const serviceOf = (): Service => translator;
    return { keeper: shared, own: undefined, serviceOf, end: async () => translator.end() };
  }
  const serviceOf = (link: Link): Service => (link.era === 'legacy' ? relay : translator);
  const own = createOwnChild({
    pool,
    starts,
    log,
    params,
    ...handlersOf(ways),
    onRestart: (link) => serviceOf(link).resume(link),
  });
  return {
    keeper: own,
    own,
    serviceOf,
    async end() {
      translator.end();
      await own.end();
    },
  };
}

/** What a child of its own says to the client of a session. */
function handlersOf({
  questions,
  outbox,
}: Ways): Pick<OwnChildOptions, 'onRequest' | 'onNotification' | 'onEnded'> {
  return {
    onEnded: (peer) => questions.withdraw(peer),
    onRequest(peer, { id, method, params }) {
      const onAnswer = (outcome: Outcome): void => peer.respond(id, outcome);
      questions.ask({ method, params, askedBy: peer, serverId: id, onAnswer });
    },
    onNotification(peer, notification) {
      const { method, params } = notification;
      if (method === 'notifications/cancelled') {
        questions.withdraw(peer, params?.['requestId']);
      } else if (method === 'notifications/message') outbox.sendNearCall(notification);
      else outbox.sendApart(notification);
    },
  };
}

/** What a client reads too slowly, its own child writes no faster. */
function createFlow(own: OwnChild): Flow {
  let holds = 0;
  return {
    hold() {
      holds += 1;
      own.current()?.peer.child.pause();
    },
    release() {
      holds -= 1;
      if (holds === 0) own.current()?.peer.child.resume();
    },
  };
}
