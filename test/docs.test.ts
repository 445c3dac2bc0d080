import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PROBLEM_CODES } from '../src/desired/problem-codes.ts';
import { ERROR_CODES } from '../src/errors.ts';

const PAGES = ['README.md', 'CONTRIBUTING.md', ...globSync('docs/**/*.md')];

describe('docs/errors.md', () => {
  const headings = readHeadings(readFileSync('docs/errors.md', 'utf8'));

  test('has one heading for every code, and none for a code that does not exist', () => {
    const codes = [
      ...new Set([...Object.keys(ERROR_CODES), ...Object.keys(PROBLEM_CODES), ...readGateCodes()]),
    ];
    expect(headings.toSorted()).toEqual(codes.toSorted());
  });

  test('sees the gates of the planner', () => {
    expect(readGateCodes()).toEqual(
      expect.arrayContaining(['REMOVAL_TOO_MANY', 'REMOVAL_PROTECTED']),
    );
  });
});

describe('every link between pages', () => {
  test.each(PAGES)('of %s leads to a file and a heading', (page) => {
    expect(findDeadLinks(page, readFileSync(page, 'utf8'))).toEqual([]);
  });

  test('that leads nowhere is found', () => {
    const text = '[a](none.md) [b](errors.md#plan_stale) [c](errors.md#nothing) [d](https://e.org)';
    expect(findDeadLinks('docs/x.md', text)).toEqual(['none.md', 'errors.md#nothing']);
  });
});

test('decisions are numbered without gaps and say context, decision and consequences', () => {
  const records = globSync('docs/adr/*.md').toSorted();
  expect(records.map((path) => path.slice('docs/adr/'.length, 'docs/adr/0000'.length))).toEqual(
    records.map((_, at) => String(at + 1).padStart(4, '0')),
  );
  for (const path of records) {
    const titles = [...readFileSync(path, 'utf8').matchAll(/^## (.+)$/gm)].map(
      ([, title]) => title,
    );
    expect(titles, path).toEqual(['Context', 'Decision', 'Consequences']);
  }
});

/** Headings that are a code. */
function readHeadings(text: string): string[] {
  return [...text.matchAll(/^## ([A-Z_]+)$/gm)].map(([, code = '']) => code);
}

/** Gates are made by the planner alone, each with a code in words. */
function readGateCodes(): string[] {
  const text = globSync('src/plan/*.ts').map((path) => readFileSync(path, 'utf8'));
  return [
    ...new Set([...text.join('\n').matchAll(/\bcode: '([A-Z_]+)'/g)].map(([, code = '']) => code)),
  ];
}

/** Relative links of a page whose file, or whose heading in it, does not exist. */
function findDeadLinks(page: string, text: string): string[] {
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !link.includes('://') && !leadsSomewhere(page, text, link));
}

function leadsSomewhere(page: string, text: string, link: string): boolean {
  const [file = '', anchor] = link.split('#');
  const path = file === '' ? page : join(dirname(page), file);
  const [found] = globSync(path);
  if (found === undefined) return false;
  if (anchor === undefined) return true;
  const target = file === '' ? text : readFileSync(found, 'utf8');
  const anchors = [...target.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => toAnchor(title));
  return anchors.includes(anchor);
}

/** As GitHub makes anchors of headings. */
function toAnchor(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}
