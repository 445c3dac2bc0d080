import { describe, expect, test } from 'vitest';
import type { Loader, TextSet } from '../../src/desired/load.ts';
import { fleet, linesOf, memoryLoader, namesOf, setOf } from './load-texts.ts';

const A = fleet('  a1: {image: x}\n  a2: {image: x}\n');
const B = fleet('  b: {image: y}\n');
const BROKEN = 'services: [';

function load(loader: Loader, documents: Readonly<Record<string, string>>) {
  return loader(setOf(documents));
}

describe('a file that cannot be used', () => {
  test('freezes what it held at the last good version and touches no other', () => {
    const loader = memoryLoader();
    const before = load(loader, { 'a.yaml': A, 'b.yaml': B });
    const after = load(loader, { 'a.yaml': BROKEN, 'b.yaml': B });

    expect(after.services).toEqual(before.services);
    expect(after.frozen.map(({ name }) => name)).toEqual(['a1', 'a2']);
    expect(after.frozen[0]?.cause).toContain('a.yaml');
    expect(after).toMatchObject({ complete: false, incompleteCause: 'a.yaml cannot be used' });
  });

  test('keeps the newest version that was good, not the first', () => {
    const loader = memoryLoader();
    load(loader, { 'a.yaml': fleet('  a1: {image: one}\n') });
    load(loader, { 'a.yaml': fleet('  a1: {image: two}\n') });
    const after = load(loader, { 'a.yaml': BROKEN });

    expect(after.services).toMatchObject([{ name: 'a1', spec: { image: 'two' } }]);
  });

  test('thaws when it is mended', () => {
    const loader = memoryLoader();
    load(loader, { 'a.yaml': A });
    load(loader, { 'a.yaml': BROKEN });
    const after = load(loader, { 'a.yaml': fleet('  a1: {image: z}\n') });

    expect(after.services).toMatchObject([{ name: 'a1', spec: { image: 'z' } }]);
    expect(after).toMatchObject({ frozen: [], complete: true, problems: [] });
  });

  test('that cannot be read is told with its error', () => {
    const loader = memoryLoader();
    load(loader, { 'a.yaml': A });
    const set = { ...good(setOf({})), documents: [{ file: 'a.yaml', error: 'EACCES: no' }] };
    const after = loader(set);

    expect(linesOf(after)).toEqual([
      'a.yaml DOCUMENT_UNREADABLE EACCES: no (check that the file is there and may be read)',
    ]);
    expect(namesOf(after)).toEqual(['a1', 'a2']);
    expect(after.complete).toBe(false);
  });

  test('may be a folder that held many', () => {
    const loader = memoryLoader();
    load(loader, { 'team/a.yaml': A, 'team2/b.yaml': B });
    const set = good(setOf({ 'team2/b.yaml': B }));
    const after = loader({
      ...set,
      documents: [...set.documents, { file: 'team', error: 'EACCES' }],
    });

    expect(after.frozen.map(({ name }) => name)).toEqual(['a1', 'a2']);
    expect(namesOf(after)).toEqual(['a1', 'a2', 'b']);
  });

  test('keeps what the store remembers when nobody saw it in order since the start', () => {
    const accepted = acceptedOf({ 'a.yaml': A, 'b.yaml': B });
    const after = memoryLoader()(setOf({ 'a.yaml': BROKEN, 'b.yaml': B }), accepted);

    expect(namesOf(after)).toEqual(['a1', 'a2', 'b']);
    expect(after.frozen.map(({ name }) => name)).toEqual(['a1', 'a2']);
  });

  test('does not bring back what was taken out of it before it broke', () => {
    const loader = memoryLoader();
    const accepted = acceptedOf({ 'a.yaml': A });
    loader(setOf({ 'a.yaml': fleet('  a1: {image: x}\n') }), accepted);
    const after = loader(setOf({ 'a.yaml': BROKEN }), accepted);

    expect(namesOf(after)).toEqual(['a1']);
  });

  test('freezes also what was moved elsewhere, for it may hold it still', () => {
    const loader = memoryLoader();
    const before = load(loader, { 'a.yaml': A });
    const after = load(loader, { 'a.yaml': BROKEN, 'c.yaml': fleet('  a1: {image: moved}\n') });

    expect(after.services).toEqual(before.services);
    expect(after.frozen.map(({ name }) => name)).toEqual(['a1', 'a2']);
  });
});

describe('a folder that cannot be seen', () => {
  const GONE: TextSet = { ok: false, cause: 'no such folder' };

  test('freezes everything at its last good version', () => {
    const loader = memoryLoader();
    const before = load(loader, { 'a.yaml': A, 'b.yaml': B });
    const after = loader(GONE);

    expect(after.services).toEqual(before.services);
    expect(after.frozen).toHaveLength(3);
    expect(after).toMatchObject({ complete: false, problems: [{ code: 'DOCUMENTS_UNREADABLE' }] });
  });

  test('at the start freezes what the store remembers', () => {
    const after = memoryLoader()(GONE, acceptedOf({ 'a.yaml': A }));

    expect(namesOf(after)).toEqual(['a1', 'a2']);
    expect(after.frozen).toHaveLength(2);
  });

  test('is forgotten when it is back', () => {
    const loader = memoryLoader();
    load(loader, { 'a.yaml': A });
    loader(GONE);

    expect(load(loader, { 'a.yaml': A })).toMatchObject({ complete: true, frozen: [] });
  });
});

describe('a service with a mistake', () => {
  test('freezes alone, and the set stays complete', () => {
    const loader = memoryLoader();
    load(loader, { 'a.yaml': A });
    const after = load(loader, { 'a.yaml': fleet('  a1: {image: new}\n  a2: {imag: x}\n') });

    expect(after.services.map(({ spec }) => spec.image)).toEqual(['new', 'x']);
    expect(after.frozen).toMatchObject([{ name: 'a2' }]);
    expect(after.complete).toBe(true);
  });

  test('that was never good is frozen and not among the services', () => {
    const after = load(memoryLoader(), { 'a.yaml': fleet('  a: {imag: x}\n') });

    expect(after).toMatchObject({ services: [], frozen: [{ name: 'a' }], complete: true });
  });

  test('after a restart keeps what the store remembers', () => {
    const accepted = acceptedOf({ 'a.yaml': A });
    const after = memoryLoader()(setOf({ 'a.yaml': fleet('  a1: {imag: x}\n') }), accepted);

    expect(namesOf(after)).toEqual(['a1']);
  });

  test('whose name is not legal makes the set incomplete: nobody knows who it is', () => {
    const loader = memoryLoader();
    load(loader, { 'a.yaml': A });
    const after = load(loader, { 'a.yaml': fleet('  A1: {image: x}\n  a2: {image: x}\n') });

    expect(namesOf(after)).toEqual(['a2']);
    expect(after.frozen).toEqual([]);
    expect(after).toMatchObject({
      complete: false,
      incompleteCause: 'a.yaml holds a service without a legal name',
    });
  });

  test('that is taken out of the documents is gone', () => {
    const loader = memoryLoader();
    load(loader, { 'a.yaml': A, 'b.yaml': B });

    expect(namesOf(load(loader, { 'b.yaml': B }))).toEqual(['b']);
  });
});

describe('a template', () => {
  test('that breaks freezes those who use it, and they thaw with it', () => {
    const loader = memoryLoader();
    const text = { 'a.yaml': fleet('  a: {template: t}\n  b: {image: x}\n') };
    const before = loader(setOf(text, { 't.json': '{"image": "x"}' }));
    const broken = loader(setOf(text, { 't.json': '{"image": ' }));
    const mended = loader(setOf(text, { 't.json': '{"image": "y"}' }));

    expect(broken.services).toEqual(before.services);
    expect(broken.frozen).toMatchObject([{ name: 'a' }]);
    expect(broken.complete).toBe(true);
    expect(mended.services[0]?.spec.image).toBe('y');
    expect(mended.frozen).toEqual([]);
  });
});

/** What a store would remember of these documents. */
function acceptedOf(documents: Readonly<Record<string, string>>) {
  const { services } = memoryLoader()(setOf(documents));
  return new Map(services.map((service) => [service.name, service]));
}

function good(set: TextSet): TextSet & { readonly ok: true } {
  if (!set.ok) throw new Error(set.cause);
  return set;
}
