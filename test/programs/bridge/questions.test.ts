import { expect, test } from 'vitest';
import type { Message, Outcome } from '../../../src/programs/bridge/json-rpc.ts';
import { createQuestions } from '../../../src/programs/bridge/questions.ts';

const ANSWER: Outcome = { result: { roots: [] } };

function open() {
  const sent: Message[] = [];
  const questions = createQuestions((message) => sent.push(message));
  const answers: Outcome[] = [];
  const onAnswer = (outcome: Outcome) => answers.push(outcome);
  const askAs = (askedBy: unknown, serverId: number) =>
    questions.ask({ method: 'roots/list', params: undefined, askedBy, serverId, onAnswer });
  return { sent, answers, ...questions, askAs };
}

test('two servers that ask under the same id get each their own answer', () => {
  const { askAs, sent, answer, answers } = open();
  askAs('a', 1);
  askAs('b', 1);
  const ids = sent.map((message) => (message.kind === 'request' ? message.id : undefined));
  expect(new Set(ids).size).toBe(2);
  for (const id of ids) if (id !== undefined) answer({ kind: 'response', id, outcome: ANSWER });
  expect(answers).toEqual([ANSWER, ANSWER]);
});

test('an answer to nothing, and a second answer, are dropped', () => {
  const { askAs, answer, answers } = open();
  askAs('a', 1);
  for (const id of ['bridge-1', 'bridge-1', 'bridge-9', null]) {
    answer({ kind: 'response', id, outcome: ANSWER });
  }
  expect(answers).toHaveLength(1);
});

test('what a server no longer wants to know is cancelled at the client', () => {
  const { askAs, withdraw, sent } = open();
  askAs('a', 1);
  askAs('a', 2);
  askAs('b', 1);
  withdraw('a', 2);
  withdraw('b');
  expect(sent.slice(3)).toEqual([
    { kind: 'notification', method: 'notifications/cancelled', params: { requestId: 'bridge-2' } },
    { kind: 'notification', method: 'notifications/cancelled', params: { requestId: 'bridge-3' } },
  ]);
});

test('a client that never answers is asked no more than 100 things', () => {
  const { askAs, sent, answers, withdraw } = open();
  for (let at = 0; at < 101; at++) askAs('a', at);
  expect(sent).toHaveLength(100);
  expect(answers).toMatchObject([{ error: { code: -32_603 } }]);
  withdraw('a');
  askAs('b', 1);
  expect(sent.at(-1)).toMatchObject({ kind: 'request' });
});
