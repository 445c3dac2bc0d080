import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { approveTools } from '../../src/desired/approve-tools.ts';
import {
  createToolLockReader,
  formatToolLock,
  parseToolLock,
} from '../../src/desired/tool-lock.ts';
import { fleet, linesOf, memoryLoader, setOf } from './load-texts.ts';

const file = 'tools.lock.yaml';
const digest = `t1-${'0a'.repeat(12)}`;
const other = `t1-${'1b'.repeat(12)}`;
const text = formatToolLock(new Map([['echo', { say: digest, pid: other }]]));

describe('The lock file', () => {
  test('is sorted, says what it is, and is the same for the same approvals', () => {
    expect(text).toMatch(/^# The approved tools .*\n# Written by `mcp-manager lock`.*\n/);
    expect(text).toContain(`services:\n  echo:\n    "pid": ${other}\n    "say": ${digest}\n`);
    expect(formatToolLock(new Map([['echo', { pid: other, say: digest }]]))).toBe(text);
  });

  test('gives back what was written, whatever tools are named', () => {
    const service = fc.stringMatching(/^[a-z][a-z0-9]{0,9}$/);
    const tool = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constant('__proto__'));
    const surface = fc
      .uniqueArray(
        tool.map((name) => name.replaceAll(/[\ud800-\udfff]/g, '')),
        { maxLength: 5 },
      )
      .map((tools) => Object.fromEntries(tools.map((one) => [one, digest])));
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(service, surface), { selector: ([key]) => key }),
        (all) => {
          const services = new Map(all);
          const parsed = parseToolLock({ file, text: formatToolLock(services) });
          const read = 'services' in parsed ? parsed.services : new Map();
          expect([...read].map(([key, { tools }]) => [key, sorted(tools)])).toEqual(
            [...services.keys()].toSorted().map((key) => [key, sorted(services.get(key) ?? {})]),
          );
        },
      ),
      { numRuns: 200 },
    );
  });

  test.each([
    ['no: lock', /apiVersion/],
    ['apiVersion: mcp-manager/v1', /no map of services/],
    [text.replace(digest, 'yes'), /of echo is no map of tools and digests/],
    [text.replace('echo:', 'Echo!:'), /names a service that none may be named/],
    [`${text}<<<<<<< HEAD\n`, /^line 8/],
    [`${text}  echo: {}\n`, /keys must be unique/i],
  ])('that says %j is of no use, and why is told', (wrong, mistake) => {
    expect(parseToolLock({ file, text: wrong })).toEqual({
      mistake: expect.stringMatching(mistake),
    });
  });

  test('that breaks keeps what it said before, and one that is gone says nothing', () => {
    const read = createToolLockReader();
    read({ file, text });
    const broken = read({ file, text: 'x: [' });
    expect(broken.toolLock?.services.get('echo')?.tools).toEqual({ pid: other, say: digest });
    expect(broken.toolLock?.trouble).toMatch(/^tools\.lock\.yaml: line 1/);
    expect(broken.problems).toMatchObject([{ code: 'LOCK_INVALID', file }]);
    expect(read(undefined)).toEqual({ problems: [] });
  });
});

test('A lock file that cannot be used freezes no service and keeps no other from going', () => {
  const load = memoryLoader();
  const texts = setOf({ 'good.yaml': fleet('  good: {image: x}\n') });
  if (!texts.ok) throw new Error(texts.cause);
  const desired = load({ ...texts, toolLock: { file, error: 'not yours' } });
  expect(desired.services).toMatchObject([{ name: 'good' }]);
  expect(desired.frozen).toEqual([]);
  expect(desired.complete).toBe(true);
  expect(linesOf(desired)).toEqual([
    expect.stringMatching(/^tools\.lock\.yaml.* LOCK_INVALID not yours/),
  ]);
});

function sorted(tools: Readonly<Record<string, string>>): readonly (readonly string[])[] {
  return Object.entries(tools).toSorted(([a], [b]) => (a < b ? -1 : 1));
}

describe('Approving', () => {
  test('leaves the approvals of others, and says what is new', () => {
    const { text: written, changes } = approveTools({ file, text }, 'echo', { say: other });
    expect(written).toBe(formatToolLock(new Map([['echo', { say: other }]])));
    expect(changes).toEqual({ added: [], removed: ['pid'], changed: ['say'] });
    const more = approveTools({ file, text }, 'more', { say: digest });
    expect(parseToolLock({ file, text: more.text })).toMatchObject({
      services: new Map([
        ['echo', expect.objectContaining({ tools: { say: digest, pid: other } })],
        ['more', expect.objectContaining({ tools: { say: digest } })],
      ]),
    });
    expect(more).not.toHaveProperty('changes');
  });

  test('changes no byte where all is approved, and makes the file where there is none', () => {
    const surface = { say: digest, pid: other };
    expect(approveTools({ file, text }, 'echo', surface)).toEqual({ text });
    expect(approveTools(undefined, 'echo', surface)).toEqual({ text });
  });

  test('is refused over a file that cannot be used', () => {
    const broken = { file, text: `${text}<<<<<<< HEAD\n` };
    expect(() => approveTools(broken, 'echo', {})).toThrow('tools.lock.yaml cannot be used');
  });
});
