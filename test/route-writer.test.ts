import { expect, test } from 'vitest';
import { createRouteWriter } from '../src/route-writer.ts';
import { formatRoutes, parseRoutes } from '../src/model/router-program.ts';
import type { Route } from '../src/model/route.ts';

function route(slug: string, url = 'http://127.0.0.1:9000'): Route {
  return { slug, service: slug, path: '/mcp', targets: [{ instance: `${slug}-1`, url }] };
}

const never = new AbortController().signal;

function toFile(routes: readonly Route[]): { readonly text: string } {
  return { text: formatRoutes(routes) };
}

interface Recorded {
  readonly writes: string[];
  readonly served: string[];
  failure?: Error | undefined;
}

function createRecorded(initial: readonly Route[] = []) {
  const recorded: Recorded = { writes: [], served: [] };
  const writer = createRouteWriter({
    initial,
    format: toFile,
    async write({ text }) {
      if (recorded.failure !== undefined) throw recorded.failure;
      recorded.writes.push(text);
    },
    async served({ text }) {
      recorded.served.push(text);
    },
  });
  return { recorded, writer };
}

test('a thousand changes of one tick are one write of all of them', async () => {
  const { recorded, writer } = createRecorded();
  const routes = Array.from({ length: 1_000 }, (_, index) => route(`s${String(index)}`));
  await Promise.all(routes.map((one) => writer.change(one.slug, one, never)));
  expect(recorded.writes).toEqual([formatRoutes(routes)]);
  expect(recorded.served).toEqual(recorded.writes);
  expect(writer.routes()).toEqual(routes);
});

test('changes that come during a write share the next one', async () => {
  const texts: string[] = [];
  const first = Promise.withResolvers<void>();
  const writer = createRouteWriter({
    initial: [],
    format: toFile,
    async write({ text }) {
      texts.push(text);
      if (texts.length === 1) await first.promise;
    },
    served: async () => undefined,
  });
  const one = writer.change('a', route('a'), never);
  await expect.poll(() => texts.length).toBe(1);
  const others = ['b', 'c', 'd'].map((slug) => writer.change(slug, route(slug), never));
  first.resolve();
  await Promise.all([one, ...others]);
  expect(texts.map((text) => parseRoutes(text).map(({ slug }) => slug))).toEqual([
    ['a'],
    ['a', 'b', 'c', 'd'],
  ]);
});

test('the last of several changes to one slug wins', async () => {
  const { recorded, writer } = createRecorded();
  const later = route('a', 'http://127.0.0.1:9001');
  await Promise.all([
    writer.change('a', route('a'), never),
    writer.change('a', undefined, never),
    writer.change('a', later, never),
  ]);
  expect(recorded.writes).toHaveLength(1);
  expect(writer.routes()).toEqual([later]);
});

test('what is so already is not written again, and is still asked for', async () => {
  const { recorded, writer } = createRecorded([route('a')]);
  await writer.change('a', { ...route('a') }, never);
  await writer.change('gone', undefined, never);
  expect(recorded.writes).toEqual([]);
  expect(recorded.served).toHaveLength(2);
});

test('a failed write is told to its callers and leaves the routes as they were', async () => {
  const { recorded, writer } = createRecorded([route('a')]);
  recorded.failure = new Error('disk full');
  const failed = [writer.change('b', route('b'), never), writer.change('a', undefined, never)];
  const outcomes = await Promise.allSettled(failed);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(writer.routes()).toEqual([route('a')]);
  recorded.failure = undefined;
  await writer.change('c', route('c'), never);
  expect(writer.routes()).toEqual([route('a'), route('c')]);
});
