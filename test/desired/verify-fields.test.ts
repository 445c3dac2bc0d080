import { expect, test } from 'vitest';
import type { Verify } from '../../src/model/service.ts';
import { fleet, memoryLoader, setOf } from './load-texts.ts';

function verifyOf(fields: string): Verify | undefined {
  const desired = memoryLoader()(
    setOf({ 'a.yaml': fleet(`  a: {image: x, verify: ${fields}}\n`) }),
  );
  return desired.services[0]?.verify;
}

test('what a check asks is read', () => {
  const call = '{name: say, arguments: {word: hi}, expect: hi}';
  expect(verifyOf(`{call: ${call}, startup: 5s, lock: enforce}`)).toMatchObject({
    call: { name: 'say', arguments: { word: 'hi' }, expect: 'hi' },
    startupMs: 5_000,
    lock: 'enforce',
  });
});

test('what says the default is as good as nothing', () => {
  expect(verifyOf('{lock: warn}')).toEqual(verifyOf('{}'));
  expect(verifyOf('{}')).toEqual({ kind: 'mcp', tools: [], everyMs: 60_000, timeoutMs: 10_000 });
});
