import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { removeService, setPower } from '../../src/desired/edit.ts';
import { toRecord } from '../../src/model/record.ts';
import type { Problem } from '../../src/model/problem.ts';
import { fleet } from './load-texts.ts';

const BLOCK = fleet(
  [
    '  # about echo',
    '  echo: # here',
    '    # its template',
    '    template:   echo   # spaced',
    '',
    '  # about notes',
    '  notes:',
    '      power: "on"   # why',
    '      image: x',
    '# end',
    '',
  ].join('\n'),
);

describe('setting the power', () => {
  test('adds a line below the name and leaves every other byte', () => {
    const expected = BLOCK.replace('  echo: # here\n', '  echo: # here\n    power: off\n');

    expect(setPower(BLOCK, 'echo', 'off')).toBe(expected);
  });

  test('replaces a value that is there', () => {
    expect(setPower(BLOCK, 'notes', 'off')).toBe(BLOCK.replace('"on"', 'off'));
  });

  test('to what it is changes nothing', () => {
    expect(setPower(BLOCK, 'notes', 'on')).toBe(BLOCK);
  });

  test.each([
    ['  echo: {}\n', '  echo: {power: off}\n'],
    ['  echo: { image: x }\n', '  echo: { power: off, image: x }\n'],
    ['  echo: {image: x, power: on}\n', '  echo: {image: x, power: off}\n'],
    ['  echo:\n    power:\n    image: x', '  echo:\n    power: off\n    image: x'],
    ['  echo:\n    power: true\n', '  echo:\n    power: off\n'],
    ['  "echo":\n    image: x\n', '  "echo":\n    power: off\n    image: x\n'],
  ])('turns %j into %j', (before, after) => {
    expect(setPower(fleet(before), 'echo', 'off')).toBe(fleet(after));
  });

  test('keeps a byte order mark and carriage returns', () => {
    const text = `\uFEFF${fleet('  echo:\n    image: x\n').replaceAll('\n', '\r\n')}`;

    expect(setPower(text, 'echo', 'off')).toBe(
      text.replace('echo:\r\n', 'echo:\r\n    power: off\r\n'),
    );
  });

  test('of one service in a JSON text stays in the map', () => {
    const text = '{"apiVersion":"mcp-manager/v1","services":{"echo":{"image":"x"}}}';

    expect(setPower(text, 'echo', 'off')).toBe(text.replace('{"image"', '{power: off, "image"'));
  });
});

describe('removing a service', () => {
  test('cuts its lines and nothing else', () => {
    const expected = BLOCK.replace(/ {2}echo: # here\n.*\n.*spaced\n/, '');

    expect(removeService(BLOCK, 'echo')).toBe(expected);
  });

  test.each([
    ['services:\n  echo:\n    image: x\n', 'services: {}\n'],
    [
      'services: # all services:\n  # one\n  echo: {image: x}\n',
      'services: {} # all services:\n  # one\n',
    ],
    ['services: {echo: {image: x}}\n', 'services: {}\n'],
    ['services: {echo: {image: x},}\n', 'services: {}\n'],
    ['services: {echo: {}, b: {image: y}}\n', 'services: {b: {image: y}}\n'],
    ['services: {b: {image: y}, echo: {}}\n', 'services: {b: {image: y}}\n'],
    ['services:\n  b: {image: y}\n  echo: {image: x}', 'services:\n  b: {image: y}\n'],
    [
      'services:\n  echo:\n    command:\n      - |\n        a\n  b: {image: y}\n',
      'services:\n  b: {image: y}\n',
    ],
  ])('turns %j into %j', (before, after) => {
    expect(removeService(before, 'echo')).toBe(after);
  });
});

describe('what cannot be edited exactly', () => {
  test.each([
    ['a service that is not there', fleet('  b: {image: x}\n')],
    ['a service that stands twice', fleet('  echo: {image: x}\n  echo: {image: y}\n')],
    ['an explicit key', fleet('  ? echo\n  : image: x\n')],
    ['a broken document', fleet('  echo: {image: x\n')],
    ['an anchor', fleet('  echo: &a {image: x}\n')],
    ['two documents', `${fleet('  echo: {image: x}\n')}---\na: 1\n`],
    ['an empty file', ''],
  ])('%s is refused', (_title, text) => {
    const refused = expect.objectContaining({
      code: 'EDIT_REFUSED',
      file: 'a.yaml',
      service: 'echo',
    });

    expect(setPower(text, 'echo', 'off', 'a.yaml')).toEqual(refused);
    expect(removeService(text, 'echo', 'a.yaml')).toEqual(refused);
  });
});

describe('edits of any document', () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/);
  const comment = fc.stringMatching(/^[ -~]{0,12}$/).map((text) => ` # ${text}`);
  const field = fc.constantFrom(
    'image: x',
    'power: on',
    'env: {A: 1, B: "#"}',
    'command:\n      - |\n        a: b\n\n      - c',
    'labels:\n      team: a',
    'port: 80',
  );
  const block = fc
    .tuple(comment, fc.uniqueArray(field, { minLength: 1, maxLength: 4 }), comment)
    .map(
      ([above, fields, beside]) =>
        `${beside}\n   ${above}\n${fields.map((line) => `    ${line}\n`).join('')}`,
    );
  const flow = fc.constantFrom(' {}\n', ' {image: x} # c\n', ' { image: x, power: on, }\n');
  const documents = fc
    .tuple(
      fc.uniqueArray(name, { minLength: 1, maxLength: 5 }),
      fc.infiniteStream(fc.oneof(block, flow)),
      fc.boolean(),
    )
    .map(([names, bodies, windows]) => {
      const services = names
        .map((service) => `  ${service}:${String(bodies.next().value)}`)
        .join('\n');
      const text = fleet(services);
      return { names, text: windows ? text.replaceAll('\n', '\r\n') : text };
    });

  test('say what is meant, and change one place only', () => {
    fc.assert(
      fc.property(
        documents,
        fc.nat(),
        fc.constantFrom<'on' | 'off'>('on', 'off'),
        ({ names, text }, pick, power) => {
          const service = names[pick % names.length] ?? '';
          const edited = textOf(setPower(text, service, power));
          const services = servicesOf(text);
          services[service] = { ...toRecord(services[service]), power };
          expect(servicesOf(edited)).toEqual(services);
          expect(changedPart(text, edited).length).toBeLessThanOrEqual(
            '    power: off, \r\n'.length,
          );
        },
      ),
    );
  });

  test('remove one service and keep all other lines', () => {
    fc.assert(
      fc.property(documents, fc.nat(), ({ names, text }, pick) => {
        const service = names[pick % names.length] ?? '';
        const edited = textOf(removeService(text, service));
        const services = servicesOf(text);
        delete services[service];

        expect(servicesOf(edited)).toEqual(services);
        expect(isCut(text, edited.replace('services: {}', 'services:'))).toBe(true);
      }),
    );
  });
});

function textOf(edited: string | Problem): string {
  if (typeof edited === 'string') return edited;
  throw new Error(edited.message);
}

function servicesOf(text: string): Record<string, unknown> {
  return { ...toRecord(toRecord(parse(text))['services']) };
}

/** What the second text has between the longest common beginning and end. */
function changedPart(before: string, after: string): string {
  let start = 0;
  while (start < before.length && before[start] === after[start]) start += 1;
  let end = 0;
  while (
    end < before.length - start &&
    end < after.length - start &&
    before.at(-1 - end) === after.at(-1 - end)
  )
    end += 1;
  return after.slice(start, after.length - end);
}

/** Whether `after` is `before` with one piece taken out. */
function isCut(before: string, after: string): boolean {
  return changedPart(before, after) === '';
}
