import { describe, expect, test } from 'vitest';
import { PROBLEM_CODES } from '../../src/desired/problem-codes.ts';
import bad from '../fixtures/desired/bad-documents.json' with { type: 'json' };
import { fleet, linesOf, memoryLoader, namesOf, setOf } from './load-texts.ts';

const GOOD = fleet('  good: {image: y}\n');

test.each(bad.documents)('$title is told with its place and a way out', ({ text, lines }) => {
  const desired = memoryLoader()(setOf({ 'x.yaml': text }, bad.templates));
  const own = linesOf(desired).filter((line) => !line.startsWith('templates/'));

  expect(own).toEqual(lines);
  expect(namesOf(desired)).toEqual([]);
});

test.each(bad.documents)('$title does no harm to another file', ({ text }) => {
  const desired = memoryLoader()(setOf({ 'good.yaml': GOOD, 'x.yaml': text }, bad.templates));

  expect(namesOf(desired)).toEqual(['good']);
});

test('every code that is told stands in the table', () => {
  const told = bad.documents.flatMap(({ text }) =>
    memoryLoader()(setOf({ 'x.yaml': text }, bad.templates)).problems.map(({ code }) => code),
  );

  expect(told.filter((code) => !Object.hasOwn(PROBLEM_CODES, code))).toEqual([]);
});

describe('hostile text', () => {
  test.each([
    ['larger than a document may be', '#'.repeat(2 ** 20 + 1), 'DOCUMENT_TOO_LARGE'],
    ['a million brackets', '['.repeat(2 ** 20), 'DOCUMENT_TOO_DEEP'],
    ['half a million dashes', '- '.repeat(2 ** 19), 'DOCUMENT_TOO_DEEP'],
    [
      'a staircase of maps',
      Array.from({ length: 500 }, (_, i) => `${' '.repeat(i)}a:\n`).join(''),
      'DOCUMENT_TOO_DEEP',
    ],
    ['a quarter of a million anchors', '&a '.repeat(2 ** 18), 'YAML_ALIAS'],
    ['too many words', 'a: b\n'.repeat(200_000), 'DOCUMENT_TOO_LARGE'],
    ['a bomb of aliases', 'a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]\n', 'YAML_ALIAS'],
  ])('%s is refused before it is parsed', { timeout: 30_000 }, (_title, text, code) => {
    expect(memoryLoader()(setOf({ 'x.yaml': text })).problems).toMatchObject([{ code }]);
  });

  test('a __proto__ key changes no prototype', () => {
    const text = fleet('  echo: {image: x, env: {__proto__: {polluted: yes}}}\n');
    const desired = memoryLoader()(setOf({ 'x.yaml': text }));

    expect(desired.problems).toMatchObject([{ code: 'KEY_FORBIDDEN', service: 'echo' }]);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test('names of the prototype are names like any other', () => {
    const text = fleet('  constructor: {image: x, env: {toString: a}, labels: {valueOf: b}}\n');
    const [service] = memoryLoader()(setOf({ 'x.yaml': text })).services;

    expect(service).toMatchObject({ name: 'constructor', labels: { valueOf: 'b' } });
    expect(service?.spec.env).toEqual({ toString: 'a' });
  });

  test('a value that may be a secret is never repeated', () => {
    const secret = 'hunter2';
    const values = [
      `&${secret}`,
      `*${secret}`,
      `!${secret}`,
      `{secret: ${secret}}`,
      `[${secret}]`,
      `"${secret}\\0"`,
      `"${secret}" x`,
    ];
    const told = values.flatMap((value) =>
      linesOf(
        memoryLoader()(
          setOf({
            'x.yaml': fleet(`  a: {image: x}\n  b:\n    image: x\n    env:\n      A: ${value}\n`),
          }),
        ),
      ),
    );

    expect(told).toHaveLength(values.length);
    expect(told.join('\n')).not.toContain(secret);
  });
});

test('a byte order mark and carriage returns are no mistakes, and move no place', () => {
  const text = `\uFEFF${fleet('  echo: {image: x}\n  bad: {imag: x}\n').replaceAll('\n', '\r\n')}`;
  const desired = memoryLoader()(setOf({ 'x.yaml': text }));

  expect(namesOf(desired)).toEqual(['echo']);
  expect(linesOf(desired)).toEqual([
    'x.yaml:4:9 KEY_UNKNOWN "imag" is no key of a service (did you mean "image"?)',
  ]);
});

test('a file with very many mistakes is told by the first hundred and their number', () => {
  const services = Array.from({ length: 150 }, (_, i) => `  s${i}: {imag: x}\n`).join('');
  const desired = memoryLoader()(setOf({ 'x.yaml': fleet(services) }));

  expect(desired.problems).toHaveLength(101);
  expect(desired.problems.at(-1)?.message).toContain('and 49 more problems in this file');
  expect(desired.frozen).toHaveLength(150);
});

test.each([
  'command: "serve --token planted"',
  'env: "TOKEN=planted"',
  'env: {A: [planted]}',
  'headers: "Authorization: Bearer planted"',
  'with: planted',
  'labels: {a: "planted planted"}',
  'authentication: planted',
  'endpoint: planted',
  'verify: planted',
  'misspelt: planted',
])('no problem repeats a value that may be secret: %s', (field) => {
  const { problems } = memoryLoader()(setOf({ 'x.yaml': fleet(`  a: {image: x, ${field}}\n`) }));
  expect(problems).not.toEqual([]);
  expect(JSON.stringify(problems)).not.toContain('planted');
});

test('nor does that of a service, or of a file, that is written as a text', () => {
  for (const text of [fleet('  a: token planted\n'), 'planted\n']) {
    const { problems } = memoryLoader()(setOf({ 'x.yaml': text }));
    expect(problems).not.toEqual([]);
    expect(JSON.stringify(problems)).not.toContain('planted');
  }
});
