import { askChild } from './ask-child.ts';
import { META } from './eras.ts';
import type { ChangeFilter, Hub } from './hub.ts';
import { createHub, honour } from './hub.ts';
import type { Fields, Notification, Outcome, Request } from './json-rpc.ts';
import { CODES, failure, isFields, withMeta } from './json-rpc.ts';
import type { Link } from './link.ts';
import { envelope } from './link.ts';
import type { Questions } from './questions.ts';
import type { CallContext, Service } from './service.ts';
import { isSharedMethod, readInputRequests, toLegacyOutcome } from './translate.ts';

export interface TranslatorOptions {
  /** The params of the client's `initialize`. */
  readonly params: Fields;
  /** That of the shared child; an own one otherwise. */
  readonly hub: Hub | undefined;
  readonly questions: Questions;
  readonly sendApart: (notification: Notification) => void;
}

interface Subscription {
  readonly filter: ChangeFilter;
  readonly end: () => void;
}

/** A server that asks again and again gets no further. */
const MOST_ROUNDS = 10;
const MOST_SUBSCRIPTIONS = 1_000;
const EMPTY: Outcome = { result: {} };
const LISTS = 'lists';

/** A legacy client at a child of the modern era, or at one that it shares with others. */
export function createTranslator(options: TranslatorOptions): Service {
  const subscriptions = createSubscriptions(options.hub ?? createHub(), options.sendApart);
  let logLevel: unknown;

  return {
    async serve(link, request, context) {
      const { method, params } = request;
      const uri = params?.['uri'];
      if (method === 'ping') return EMPTY;
      if (method === 'logging/setLevel') {
        logLevel = params?.['level'];
        return EMPTY;
      }
      if (method === 'resources/subscribe' && typeof uri === 'string') {
        return subscriptions.add(link, uri);
      }
      if (method === 'resources/unsubscribe' && typeof uri === 'string') {
        return subscriptions.remove(uri);
      }
      if (!isSharedMethod(method)) {
        return failure(CODES.methodNotFound, `${method} is not served: ${reason(link)}`);
      }
      if (link.era === 'legacy') return askChild(link, request, context);
      const { clientInfo, capabilities } = options.params;
      const meta = { ...envelope(clientInfo, capabilities), [META.logLevel]: logLevel };
      const modern = { ...request, params: withMeta(params, meta) };
      return askInRounds(link, modern, { ...context, questions: options.questions });
    },
    notify(link, { method }) {
      // Other notifications of a legacy client have nobody to go to.
      if (method !== 'notifications/initialized') return;
      const wanted = honour(
        { toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true },
        link.facts.capabilities,
      );
      if (Object.keys(wanted).length > 0) subscriptions.listen(link, LISTS, wanted);
    },
    resume: subscriptions.resume,
    end: subscriptions.end,
  };
}

function createSubscriptions(hub: Hub, deliver: (notification: Notification) => void) {
  const open = new Map<string, Subscription>();

  function listen(link: Link, key: string, filter: ChangeFilter): void {
    open.get(key)?.end();
    open.set(key, { filter, end: hub.listen(link, filter, deliver) });
  }

  return {
    listen,
    add(link: Link, uri: string): Outcome {
      if (open.size >= MOST_SUBSCRIPTIONS) {
        return failure(CODES.internalError, 'The session has too many subscriptions.');
      }
      listen(link, `uri ${uri}`, { resourceSubscriptions: [uri] });
      return EMPTY;
    },
    remove(uri: string): Outcome {
      open.get(`uri ${uri}`)?.end();
      open.delete(`uri ${uri}`);
      return EMPTY;
    },
    /** Listens at a new child as it did at the one before. */
    resume(link: Link): void {
      for (const [key, { filter }] of open) listen(link, key, filter);
    },
    end(): void {
      for (const subscription of open.values()) subscription.end();
      open.clear();
    },
  };
}

/** Asks, answers what the server then wants to know by asking the client, and asks again. */
async function askInRounds(
  link: Link,
  request: Request,
  context: CallContext & { readonly questions: Questions },
): Promise<Outcome | undefined> {
  let params = request.params;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const outcome = await askChild(link, { ...request, params }, context);
    const wanted = outcome && readInputRequests(outcome);
    if (outcome === undefined || wanted === undefined) return outcome && toLegacyOutcome(outcome);
    const answers = await askAll(context.questions, wanted.requests, context.signal);
    if (answers.kind === 'failed') return answers.outcome;
    params = { ...params, inputResponses: answers.results, requestState: wanted.state };
  }
  return failure(CODES.internalError, 'The server did not stop asking.');
}

type Answers =
  | { readonly kind: 'answered'; readonly results: Fields }
  | { readonly kind: 'failed'; readonly outcome: Outcome };

/** Asks the client everything at once; the first refusal fails the call. */
async function askAll(
  questions: Questions,
  requests: Readonly<Record<string, Fields>>,
  signal: AbortSignal,
): Promise<Answers> {
  const results: Record<string, unknown> = {};
  const outcomes = await Promise.all(
    Object.entries(requests).map(async ([key, { method, params }]) => {
      const outcome = await askOne(questions, { method: String(method), params }, signal);
      if ('result' in outcome) results[key] = outcome.result;
      return outcome;
    }),
  );
  const failed = outcomes.find((outcome) => 'error' in outcome);
  return failed === undefined ? { kind: 'answered', results } : { kind: 'failed', outcome: failed };
}

function askOne(
  questions: Questions,
  { method, params }: { readonly method: string; readonly params: unknown },
  signal: AbortSignal,
): Promise<Outcome> {
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  const askedBy = {};
  const giveUp = (): void => {
    questions.withdraw(askedBy);
    resolve(failure(CODES.internalError, 'The call was cancelled.'));
  };
  signal.addEventListener('abort', giveUp, { once: true });
  const fields = isFields(params) ? params : undefined;
  questions.ask({ method, params: fields, askedBy, onAnswer: resolve });
  return promise;
}

function reason({ era }: Link): string {
  return era === 'modern' ? 'the server is of a newer revision' : 'the clients share one server';
}
