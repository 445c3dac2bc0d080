import { expect, test } from 'vitest';
import { toCpu, toKubernetesMemory, toMemory } from '../../src/platform/amounts.ts';

test.each([
  ['100', '100'],
  ['512b', '512b'],
  ['10k', '10k'],
  ['10KB', '10kb'],
  ['512m', '512m'],
  ['512M', '512m'],
  ['512 MB', '512mb'],
  [' 1g ', '1g'],
  ['1.05G', '1.05g'],
  ['29gb', '29gb'],
  ['10Ki', '10Ki'],
  ['512Mi', '512Mi'],
  ['1.05Gi', '1.05Gi'],
  ['99Ti', '99Ti'],
  [268_435_456, 268_435_456],
  [1, 1],
  [0, undefined],
  [-1, undefined],
  [1.5, undefined],
  [Number.NaN, undefined],
  [true, undefined],
  [null, undefined],
  ['', undefined],
  ['m', undefined],
  ['-1m', undefined],
  ['1.m', undefined],
  ['.5g', undefined],
  ['1mi', undefined],
  ['1e6', undefined],
  ['512m; rm', undefined],
  ['1t', undefined],
])('memory of %j is %j', (written, memory) => {
  expect(toMemory(written)).toBe(memory);
});

test.each([
  ['512M', 512_000_000],
  ['10k', 10_000],
  ['1.05G', 1_050_000_000],
  ['1T', 1_000_000_000_000],
  ['90000000', 90_000_000],
  ['512Mi', '512Mi'],
  ['512m', '512m'],
  [268_435_456, 268_435_456],
  ['much', undefined],
  [undefined, undefined],
])('memory of %j as Kubernetes writes it is %j', (written, memory) => {
  expect(toKubernetesMemory(written)).toBe(memory);
});

test.each([
  ['0.5', '0.5'],
  ['.5', '0.5'],
  ['1.0', '1.0'],
  [' 2 ', '2'],
  ['500m', '500m'],
  ['0.05', '0.05'],
  ['19', '19'],
  [0.5, 0.5],
  [0, undefined],
  [-1, undefined],
  [Number.POSITIVE_INFINITY, undefined],
  [true, undefined],
  ['', undefined],
  ['0.5m', undefined],
  ['1.', undefined],
  ['-1', undefined],
  ['2 cores', undefined],
])('cores of %j are %j', (written, cpu) => {
  expect(toCpu(written)).toBe(cpu);
});
