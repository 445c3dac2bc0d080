import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { setFields } from '../../src/desired/edit.ts';
import { fleet } from './load-texts.ts';

const TEXT = fleet(
  [
    '  # about echo',
    '  echo: # here',
    '    # its image',
    '    image:   x   # spaced',
    '    env:',
    '      A: a # first',
    '      B: b',
    '',
    '    port: 80',
    '  # about notes',
    '  notes: { image: y, port: 1 } # small',
    '# end',
    '',
  ].join('\n'),
);

test('what says the same stays byte for byte', () => {
  const same = { port: 80, env: { B: 'b', A: 'a' }, image: 'x' };
  expect(setFields(TEXT, 'echo', same)).toBe(TEXT);
});

test('a field that differs gets new lines, and all others stay', () => {
  const changed = { image: 'x', env: { A: 'a', B: 'b' }, port: 8080 };
  expect(setFields(TEXT, 'echo', changed)).toBe(TEXT.replace('port: 80\n', 'port: 8080\n'));
});

test('a field that is new comes last, and one that is gone leaves nothing', () => {
  const changed = { image: 'x', port: 80, labels: { team: 'search' } };
  const expected = TEXT.replace('    env:\n      A: a # first\n      B: b\n', '').replace(
    '    port: 80\n',
    '    port: 80\n    labels:\n      team: search\n',
  );
  expect(setFields(TEXT, 'echo', changed)).toBe(expected);
});

test('a map on one line stays on one line', () => {
  const text = setFields(TEXT, 'notes', { image: 'z', port: 1 });
  expect(text).toBe(
    TEXT.replace('{ image: y, port: 1 } # small', '{"image":"z","port":1} # small'),
  );
});

test('a text without a last line break, or with carriage returns, goes on as it is', () => {
  const text = fleet('  echo:\n    image: x');
  expect(setFields(text, 'echo', { image: 'x', port: 1 })).toBe(`${text}\n    port: 1\n`);
  const windows = fleet('  echo:\n    image: x\n').replaceAll('\n', '\r\n');
  expect(setFields(windows, 'echo', { image: 'x', port: 1 })).toBe(`${windows}    port: 1\r\n`);
});

test('a service that is not there is told', () => {
  expect(setFields(TEXT, 'other', {})).toMatchObject({ code: 'EDIT_REFUSED' });
});

test('Whatever is written says what it shall, and nothing about others', () => {
  const value = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.integer(),
    fc.boolean(),
    fc.array(fc.string({ maxLength: 4 }), { maxLength: 3 }),
    fc.dictionary(fc.string({ minLength: 1, maxLength: 4 }), fc.string({ maxLength: 8 }), {
      maxKeys: 3,
    }),
  );
  const fields = fc.dictionary(fc.constantFrom('image', 'env', 'port', 'labels', 'user'), value);
  fc.assert(
    fc.property(fields, fields, (first, second) => {
      const one = setFields(TEXT, 'echo', first);
      const two = typeof one === 'string' ? setFields(one, 'echo', second) : one;
      const { notes } = parse(TEXT).services;
      expect(parse(typeof two === 'string' ? two : '').services).toEqual({
        echo: { ...second },
        notes,
      });
    }),
    { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 300) },
  );
});
