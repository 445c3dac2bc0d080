import { expect, test } from 'vitest';
import { askBoth } from '../../../src/adapters/traefik/ask-both.ts';
import type { Answer } from '../../../src/adapters/traefik/ask.ts';
import { formatRoutesFile } from '../../../src/adapters/traefik/routes-file.ts';

const WANTED = formatRoutesFile([], { managerId: 'test' });
const SERVED = answers(WANTED.generation);
const FAULTY: Answer = { ...SERVED, faults: new Map([['a', 'its middleware is missing']]) };
const SILENT: Answer = { kind: 'silent', cause: 'nobody is there' };

test.each<[string, Answer, Answer, Answer]>([
  ['both serve it', SERVED, SERVED, SERVED],
  ['only the API has it yet', SERVED, answers('before'), answers('before')],
  ['the entry point serves nothing yet', SERVED, answers(undefined), answers(undefined)],
  ['the API has another', answers('before'), SERVED, answers('before')],
  ['the API does not answer', SILENT, SERVED, SILENT],
  ['the entry point cannot be reached', SERVED, SILENT, SERVED],
  ['the API tells of faults', FAULTY, answers(undefined), FAULTY],
])('%s', async (_name, api, through, answer) => {
  const ask = askBoth(saying(api), saying(through));
  expect(await ask(WANTED, new AbortController().signal)).toEqual(answer);
});

test('the entry point is asked once for what it serves, and again after another file', async () => {
  const asked: string[] = [];
  let told = SERVED;
  const ask = askBoth(
    () => Promise.resolve(told),
    ({ generation }) => {
      asked.push(generation);
      return Promise.resolve(SERVED);
    },
  );
  const { signal } = new AbortController();
  for (const next of [SERVED, SERVED, answers('other'), SERVED]) {
    told = next;
    await ask(WANTED, signal);
  }
  expect(asked).toHaveLength(2);
});

function answers(generation: string | undefined): Answer & { readonly kind: 'answers' } {
  return { kind: 'answers', generation, faults: new Map() };
}

function saying(answer: Answer): () => Promise<Answer> {
  return () => Promise.resolve(answer);
}
