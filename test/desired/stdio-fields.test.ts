import { expect, test } from 'vitest';
import type { ServiceSpec } from '../../src/model/service.ts';
import { fleet, memoryLoader, setOf } from './load-texts.ts';

function specOf(fields: string): ServiceSpec | undefined {
  const text = `  a: {image: x, transport: stdio, ${fields}}\n`;
  return memoryLoader({}, 'podman')(setOf({ 'a.yaml': fleet(text) })).services[0]?.spec;
}

test('how a program is served is read', () => {
  const said = 'stdio: {isolation: shared, maxChildren: 8, prewarm: 1, sse: true}';
  const read = { isolation: 'shared', maxChildren: 8, prewarm: 1, sse: true };
  expect(specOf(said)).toMatchObject({ stdio: read });
});

test('what says the default is as good as nothing', () => {
  expect(specOf('stdio: {isolation: session, prewarm: 0, sse: false}')).toEqual(specOf('env: {}'));
  expect(specOf('env: {}')).not.toHaveProperty('stdio');
});
