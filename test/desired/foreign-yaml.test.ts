import { expect, test } from 'vitest';
import { readForeignYaml } from '../../src/desired/foreign-yaml.ts';

test.each([
  ['a: &x {b: 1}\nc: *x\n', { a: { b: 1 }, c: { b: 1 } }],
  ['a: 1\n---\nb: 2\n', { a: 1 }],
  ['# only a comment\n', null],
  ['', null],
])('%j is read as other programs read it', (text, value) => {
  expect(readForeignYaml(text)).toEqual({ value });
});

test.each([
  ['a: [planted\n', /^line 2: flow sequence/],
  ['a: 1\na: planted\n', /^line 2: map keys must be unique$/],
  ['a:\n\tb: planted\n', /^line 2: tabs/],
  ['a: *planted\n', /^an alias leads nowhere/],
  ['planted\n', /^not a map/],
])('%j is a mistake that quotes nothing', (text, words) => {
  expect(readForeignYaml(text)).toEqual({ mistake: expect.stringMatching(words) });
  expect(JSON.stringify(readForeignYaml(text))).not.toContain('planted');
});

test('aliases that would unfold to a billion values are a mistake, soon', () => {
  const lines = ['a0: &a0 [x, x]'];
  for (let level = 1; level < 30; level += 1) {
    lines.push(`a${level}: &a${level} [*a${level - 1}, *a${level - 1}]`);
  }
  expect(readForeignYaml(lines.join('\n'))).toEqual({ mistake: expect.stringMatching(/too much/) });
});
