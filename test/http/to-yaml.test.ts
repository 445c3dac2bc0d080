import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { toYaml } from '../../src/http/to-yaml.ts';

test('what is written as YAML reads as what it was', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      const text = toYaml(value);
      expect(parse(text, { prettyErrors: false })).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('it stands in blocks, with texts in quotes', () => {
  const value = { no: [{ a: 'yes', b: [] }, 1], 'x-y': {}, '200': [[true]] };
  expect(toYaml(value)).toBe(
    '"200":\n  - - true\n"no":\n  - a: "yes"\n    b: []\n  - 1\nx-y: {}\n',
  );
});
