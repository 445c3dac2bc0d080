import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { ECHO, fleet, memoryLoader, setOf } from './load-texts.ts';

const loader = memoryLoader();

function specsOf(text: string) {
  const { services, problems } = loader(setOf({ 'a.yaml': text }));
  expect(problems).toEqual([]);
  return services.map(({ name, revision }) => ({ name, revision }));
}

describe('loading', () => {
  const scraps = fc.constantFrom(
    'services',
    'apiVersion',
    ':',
    ' ',
    '\n',
    '  ',
    '- ',
    '{',
    '}',
    '[',
    ']',
    '&a',
    '*a',
    '!!str',
    '|',
    '>',
    '"',
    "'",
    '#',
    '?',
    '%',
    '---',
    '\t',
    '\u0000',
    '\uFEFF',
    '__proto__',
    'echo',
    'image',
    'mcp-manager/v1',
    '${',
    '1e999',
    '.nan',
    '<<',
    '\uD800',
  );
  const yamlish = fc.array(scraps, { maxLength: 60 }).map((parts) => parts.join(''));
  const service = fc.oneof(fc.string(), yamlish).map((text) => fleet(`  echo: ${text}\n`));
  const json = fc
    .json()
    .map((text) => `{"apiVersion": "mcp-manager/v1", "services": {"echo": ${text}}}`);
  const texts = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), yamlish, service, json);

  test('any text whatever throws nothing and loses no service', () => {
    fc.assert(
      fc.property(texts, texts, (document, template) => {
        const load = memoryLoader();
        load(setOf({ 'a.yaml': fleet('  kept: {image: x}\n') }));
        const desired = load(
          setOf(
            { 'a.yaml': document, 'b.yaml': fleet('  b: {image: y}\n') },
            { 'echo.json': template },
          ),
        );

        expect(desired.services.some(({ name }) => name === 'b')).toBe(true);
        for (const { file, line, column } of desired.problems) {
          expect({ file, line, column }).toEqual({
            file,
            line: expect.any(Number),
            column: expect.any(Number),
          });
        }
        // Either the file was read, or what it held is frozen.
        const isBroken = desired.incompleteCause === 'a.yaml cannot be used';
        expect(desired.frozen.some(({ name }) => name === 'kept')).toBe(isBroken);
      }),
      { numRuns: 300 },
    );
  }, 30_000);
});

describe('the revision', () => {
  const env = fc.dictionary(
    fc.stringMatching(/^[A-Z][A-Z0-9]{0,4}$/),
    fc.stringMatching(/^[a-z ]{1,6}$/),
  );
  const fields = fc.record(
    {
      env,
      port: fc.integer({ min: 1, max: 65_535 }),
      path: fc.constantFrom('/', '/mcp'),
      user: fc.integer({ min: 1, max: 9_999 }),
      resources: fc.record({
        memory: fc.constantFrom('64Mi', '1Gi'),
        cpu: fc.constantFrom(0.5, '500m'),
      }),
      labels: fc.constant({ team: 'a' }),
    },
    { requiredKeys: [] },
  );
  const DEFAULTS = {
    user: 1000,
    transport: 'http',
    port: 8000,
    path: '/mcp',
    network: { egress: 'all' },
    volumes: [],
    env: {},
    resources: { memory: '256Mi', cpu: 0.5, pids: 128 },
  };

  test('is the same for another order of keys, defaults written out, and comments', () => {
    fc.assert(
      fc.property(fields, (service) => {
        const plain = specsOf(write(service));
        const reversed = Object.fromEntries(Object.entries(service).toReversed());
        const full = {
          ...DEFAULTS,
          ...service,
          resources: { ...DEFAULTS.resources, ...service.resources },
        };

        expect(specsOf(write(reversed))).toEqual(plain);
        expect(specsOf(write(full))).toEqual(plain);
        expect(specsOf(write(service).replaceAll('\n', ' # why\n'))).toEqual(plain);
      }),
    );
  });

  test('is the same for volumes in another order', () => {
    const [a, b] = ['{name: a, destination: /a}', '{name: b, destination: /b}'];

    expect(specsOf(fleet(`  a: {image: x, volumes: [${a}, ${b}]}\n`))).toEqual(
      specsOf(fleet(`  a: {image: x, volumes: [${b}, ${a}]}\n`)),
    );
  });

  test.each([
    ['replicas: 1, power: off, protected: true, pull: always, labels: {a: b}', true],
    ['rollout: {deadline: 5m}, verify: {every: 5s}, slug: other', true],
    ['port: 8001', false],
    ['user: 1001', false],
    ['env: {A: b}', false],
    ['network: {egress: none}', false],
    ['volumes: [{name: v, destination: /v}]', false],
  ])('with %s is the same: %s', (more, isSame) => {
    const [plain] = specsOf(fleet('  a: {image: x}\n'));
    const [changed] = specsOf(fleet(`  a: {image: x, ${more}}\n`));

    expect(changed?.revision === plain?.revision).toBe(isSame);
  });
});

test('two thousand files load in a moment, and one that changed at once', () => {
  const load = memoryLoader();
  const files = Object.fromEntries(
    Array.from({ length: 2_000 }, (_, i) => [
      `f${i}.yaml`,
      fleet(`  s${i}: {template: echo, with: {greeting: g${i}}}\n`),
    ]),
  );
  const timed = (documents: Readonly<Record<string, string>>) => {
    const start = performance.now();
    const desired = load(setOf(documents, { 'echo.json': ECHO }));
    return { desired, ms: Math.round(performance.now() - start) };
  };
  const cold = timed(files);
  const warm = timed(files);
  const changed = timed({ ...files, 'f7.yaml': fleet('  s7: {image: x}\n') });
  console.log(
    `2,000 files: cold ${cold.ms} ms, unchanged ${warm.ms} ms, one changed ${changed.ms} ms`,
  );

  expect(cold.desired.services).toHaveLength(2_000);
  expect(warm.desired.services[0]).toBe(cold.desired.services[0]);
  expect(
    changed.desired.services.filter((service, i) => service !== cold.desired.services[i]),
  ).toMatchObject([{ name: 's7' }]);
});

function write(service: object): string {
  return stringify({ apiVersion: 'mcp-manager/v1', services: { a: { image: 'x', ...service } } });
}
