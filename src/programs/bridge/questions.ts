import type { Fields, Id, Message, Outcome, Response } from './json-rpc.ts';
import { CODES, failure } from './json-rpc.ts';

/** What a server asks of its client (sampling, elicitation, roots), under ids of ours. */
export interface Questions {
  ask(question: Question): void;
  /** Whoever asked no longer wants to know, this one thing or all of it: the client is told. */
  withdraw(askedBy: unknown, serverId?: unknown): void;
  answer(response: Response): void;
}

export interface Question {
  readonly method: string;
  readonly params: Fields | undefined;
  /** Who asks, and under which id of his: both only to withdraw it again. */
  readonly askedBy: unknown;
  readonly serverId?: Id | undefined;
  readonly onAnswer: (outcome: Outcome) => void;
}

/** A client that answers nothing is asked no more than this. */
const MOST_OPEN = 100;

export function createQuestions(send: (message: Message) => void): Questions {
  const open = new Map<Id, Question>();
  let nextId = 1;
  return {
    ask(question) {
      if (open.size >= MOST_OPEN) {
        const words = 'The client has left too many questions without an answer.';
        question.onAnswer(failure(CODES.internalError, words));
        return;
      }
      // Not a number: so that it is like no id that the client itself uses.
      const id = `bridge-${String(nextId++)}`;
      open.set(id, question);
      send({ kind: 'request', id, method: question.method, params: question.params });
    },
    withdraw(askedBy, serverId) {
      for (const [id, question] of open) {
        if (question.askedBy !== askedBy) continue;
        if (serverId !== undefined && question.serverId !== serverId) continue;
        open.delete(id);
        const method = 'notifications/cancelled';
        send({ kind: 'notification', method, params: { requestId: id } });
      }
    },
    answer({ id, outcome }) {
      const question = id === null ? undefined : open.get(id);
      if (question === undefined || id === null) return;
      open.delete(id);
      question.onAnswer(outcome);
    },
  };
}
