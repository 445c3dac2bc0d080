import { expect, onTestFinished, test } from 'vitest';
import { openStore } from '../../../src/adapters/sqlite/store.ts';
import type { CoreMemory } from '../../../src/model/core.ts';
import { createCoreMemories } from '../../../src/reconcile/core/memory.ts';

const DAY_MS = 86_400_000;
const TOLD = { key: 'k', name: 'Echo' };
const REFUSAL = { name: 'Echo', cause: 'it has no image', atMs: 0 };

function open(remembered: Readonly<Record<string, CoreMemory>>) {
  let nowMs = 0;
  const clock = () => nowMs;
  const store = openStore({ file: ':memory:', source: '/test', clock, keepUndelivered: false });
  onTestFinished(() => store.close());
  const memories = createCoreMemories(store, clock);
  memories.change(new Map(Object.entries(remembered).map(([id, memory]) => [id, () => memory])));
  const keptAfter = (ms: number): readonly string[] => {
    nowMs = ms;
    memories.sweep();
    return [...memories.all().keys()];
  };
  return { keptAfter };
}

test('what is over is forgotten after a day, and what somebody still waits for is not', () => {
  const { keptAfter } = open({
    deleted: { deletedAtMs: 0 },
    removing: { deletedAtMs: 0, removing: true, service: 'a' },
    lastWord: { deletedAtMs: 0, told: TOLD },
    refused: { refusal: REFUSAL, told: TOLD },
    unheard: { refusal: REFUSAL },
    created: { service: 'b', wish: 'w' },
  });
  expect(keptAfter(DAY_MS)).toHaveLength(6);
  expect(keptAfter(DAY_MS + 1)).toEqual(['removing', 'lastWord', 'unheard', 'created']);
});

test('a flood of refusals and deletions leaves the latest, and everything that has a service', () => {
  const flood = Array.from({ length: 20_500 }, (_, index): [string, CoreMemory] => [
    `flood-${index}`,
    index % 2 === 0 ? { refusal: REFUSAL, told: TOLD } : { deletedAtMs: 0 },
  ]);
  const { keptAfter } = open({
    created: { service: 'b', wish: 'w' },
    removing: { deletedAtMs: 0, removing: true, service: 'a' },
    ...Object.fromEntries(flood),
  });
  const kept = keptAfter(0);
  expect(kept).toHaveLength(20_002);
  expect(kept.slice(0, 3)).toEqual(['created', 'removing', 'flood-500']);
});
