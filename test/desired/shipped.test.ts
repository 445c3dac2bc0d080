import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { isBundleCurrent } from '../../scripts/bundle-bridge.ts';
import { findStale } from '../../scripts/generate-types.ts';
import { firstDocument } from '../../src/desired/first-document.ts';
import { toRecord } from '../../src/model/record.ts';
import { fleet, linesOf, memoryLoader, namesOf, setOf } from './load-texts.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TEMPLATES = Object.fromEntries(
  readdirSync(`${ROOT}templates`)
    .filter((file) => file.endsWith('.json'))
    .map((file) => [file, readFileSync(`${ROOT}templates/${file}`, 'utf8')]),
);
const names = Object.keys(TEMPLATES).map((file) => file.replace('.json', ''));

test('types are what the schemas say', { timeout: 30_000 }, async () => {
  expect(await findStale()).toEqual([]);
});

test('the bundled bridge is what its sources say', async () => {
  expect(await isBundleCurrent()).toBe(true);
});

test('every shipped template is in order', () => {
  expect(linesOf(memoryLoader()(setOf({}, TEMPLATES)))).toEqual([]);
  expect(names).toEqual(
    expect.arrayContaining(['echo', 'simple-mcp', 'nginx', 'github', 'everything']),
  );
});

describe('a service from each template', () => {
  const speaksHttp = ['echo', 'everything', 'nginx', 'simple-mcp'];

  test.each(speaksHttp)('%s runs', (name) => {
    const desired = memoryLoader()(
      setOf({ 'a.yaml': fleet(`  a: {template: ${name}}\n`) }, TEMPLATES),
    );

    expect(linesOf(desired)).toEqual([]);
    expect(desired.services).toMatchObject([
      { template: name, spec: { image: expect.any(String) } },
    ]);
  });

  test.each(names.filter((name) => !speaksHttp.includes(name)))(
    '%s runs in a container, once it is told what it asks for',
    (name) => {
      const { problems } = memoryLoader(
        {},
        'podman',
      )(setOf({ 'a.yaml': fleet(`  a: {template: ${name}}\n`) }, TEMPLATES));

      expect(problems.filter(({ code }) => code !== 'ENV_MISSING')).toEqual([]);
    },
  );
});

test('a child process names no image, and is no other version when only that changes', () => {
  const [one, two] = ['x:1', 'x:2'].map((image) => {
    const text = fleet(`  a: {image: "${image}", command: [serve]}\n`);
    return memoryLoader({}, 'process')(setOf({ 'a.yaml': text }, {})).services[0];
  });
  expect(one?.spec).toMatchObject({ command: ['serve'] });
  expect(one?.spec.image).toBeUndefined();
  expect(one?.revision).toBe(two?.revision);
});

test.each([
  ['the sample fleet', readFileSync(`${ROOT}desired/fleet.yaml`, 'utf8'), ['echo', 'notes']],
  ['the first document', firstDocument(), ['echo']],
])('%s runs on the process runtime', (_title, text, services) => {
  const desired = memoryLoader({}, 'process')(setOf({ 'fleet.yaml': text }, TEMPLATES));

  expect(linesOf(desired)).toEqual([]);
  expect(namesOf(desired)).toEqual(services);
});

test('everything in the schema is explained', () => {
  const bare = ['desired', 'template'].flatMap((name) =>
    findBare(JSON.parse(readFileSync(`${ROOT}schemas/${name}.schema.json`, 'utf8')), name),
  );

  expect(bare).toEqual([]);
});

/** Properties without a description or example of their own, or of the definition they name. */
function findBare(schema: unknown, path: string): readonly string[] {
  return Object.entries(toRecord(schema)).flatMap(([key, value]) => {
    if (key === 'examples') return [];
    const inner = findBare(value, `${path}.${key}`);
    if (key !== 'properties' && key !== '$defs') return inner;
    const members = Object.entries(toRecord(value)).map(
      ([name, member]) => [name, toRecord(member)] as const,
    );
    const bare = members.filter(
      ([, member]) => !('$ref' in member) && !('description' in member && 'examples' in member),
    );
    return [...bare.map(([name]) => `${path}.${key}.${name}`), ...inner];
  });
}
