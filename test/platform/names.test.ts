import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SERVICE_NAME } from '../../src/model/names.ts';
import { containerName, serviceNameOf, slugOf } from '../../src/platform/names.ts';
import { type Addressable, resolveInstance, resolveService } from '../../src/platform/resolve.ts';

test('a slug is the name as a path takes it, and a mark of the instance', () => {
  // The first eight digits of the SHA-256 of `i1`.
  expect(slugOf({ name: 'My Echo', instanceId: 'i1' })).toBe('my-echo-4cd9b767');
  expect(slugOf({ name: 'My Echo', instanceId: 'i2' })).not.toBe('my-echo-4cd9b767');
  expect(slugOf({ name: 'My Echo' })).toMatch(/^my-echo-[0-9a-f]{8}$/);
});

test.each(['日本語', '---', '../..', '%2f'])('a name like %s gives a slug too', (name) => {
  expect(slugOf({ name, instanceId: 'i1' })).toMatch(/^[a-z0-9]+-4cd9b767$/);
});

test('a slug has at most 50 characters: 41 of the name, a dash and the mark', () => {
  const slug = slugOf({ name: 'x'.repeat(300), instanceId: 'i1' });
  expect(slug).toBe(`${'x'.repeat(41)}-4cd9b767`);
  expect(slugOf({ name: 'x'.repeat(41), instanceId: 'i1' })).toBe(slug);
  expect(slug).toHaveLength(50);
});

test('any name gives a slug that documents, paths and labels take', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), (name) => {
      const slug = slugOf({ name, instanceId: 'i1' });
      expect(slug).toMatch(SERVICE_NAME);
      expect(slug.length).toBeLessThanOrEqual(50);
      expect(serviceNameOf({ name })).toMatch(SERVICE_NAME);
    }),
  );
});

test.each([
  [{ name: 'echo' }, 'echo'],
  [{ name: 'echo', instanceId: 'i1' }, 'echo-4cd9b767'],
  [{ name: 'Echo' }, slugOf({ name: 'Echo' })],
  [{ name: 'x'.repeat(51) }, slugOf({ name: 'x'.repeat(51) })],
])('in documents %j is called %s', (named, name) => {
  expect(serviceNameOf(named)).toBe(name);
});

test.each([
  ['My Echo', 'mcp-my-echo'],
  ['--a__B--', 'mcp-a-b'],
  ['', 'mcp-container-'],
  ['日本語', 'mcp-container-'],
])('the container of %j is called %s', (name, container) => {
  expect(containerName(name)).toBe(container);
});

describe('a path', () => {
  const mine: Addressable = {
    name: 'my-echo-1',
    slug: 'my-echo-1',
    platform: { instanceId: 'i1', serviceName: 'My Echo' },
    containerIds: ['c1', 'c2'],
  };
  const theirs: Addressable = {
    name: 'my-echo-2',
    platform: { instanceId: 'i2', serviceName: 'My Echo' },
  };
  const plain: Addressable = { name: 'echo', slug: 'echo-slug', containerIds: ['c3'] };
  /** Called as the slug of another. */
  const twisted: Addressable = { name: 'twisted', platform: { serviceName: 'echo-slug' } };
  const all = [mine, theirs, plain, twisted];

  test.each([
    ['echo', plain],
    ['my-echo-1', mine],
    ['my-echo-2', theirs],
  ])('of a service that says %s means one', (text, service) => {
    expect(resolveService(all, text)).toEqual({ kind: 'found', service });
  });

  test.each(['My echo', 'constructor', '', 'c1'])(
    'of a service that says %j means none',
    (text) => {
      expect(resolveService(all, text)).toEqual({ kind: 'none' });
    },
  );

  test('that several workspaces use names the instances', () => {
    expect(resolveService([theirs, mine], 'My Echo')).toEqual({
      kind: 'several',
      instanceIds: ['i1', 'i2'],
    });
  });

  test('that is the name of one and the slug of another takes neither', () => {
    expect(resolveService(all, 'echo-slug')).toEqual({
      kind: 'several',
      instanceIds: ['echo', 'twisted'],
    });
  });

  test('of an instance that is the name of another service means neither', () => {
    const thief: Addressable = { name: 'thief', platform: { instanceId: 'echo' } };
    expect(resolveInstance([...all, thief], 'echo')).toEqual({
      kind: 'several',
      instanceIds: ['echo', 'echo'],
    });
  });

  test.each([
    ['c2', mine],
    ['i2', theirs],
    ['echo', plain],
    ['c3', plain],
  ])('of an instance that says %s means one', (id, service) => {
    expect(resolveInstance(all, id)).toEqual({ kind: 'found', service });
  });
});
