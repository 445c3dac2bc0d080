import { expect, test } from 'vitest';
import { NO_FAULTS, type Answer } from '../../../src/adapters/traefik/ask.ts';
import { explain, findSuspects } from '../../../src/adapters/traefik/explain.ts';
import { findDoubt } from '../../../src/adapters/traefik/find-doubt.ts';

const answer: Answer = { kind: 'answers', generation: undefined, faults: NO_FAULTS };
const known = { answer, hasTaken: true, file: '/t/dynamic/mcp-manager.yaml' };
const MINUTE_MS = 60_000;

test('a file that was there when Traefik last took a change is not to blame', () => {
  const files = [
    { name: 'old.yml', changedMs: 0, mistake: 'line 1: odd' },
    { name: 'new.yml', changedMs: 10 * MINUTE_MS },
  ];
  expect(findSuspects(files, 5 * MINUTE_MS).map(({ name }) => name)).toEqual(['new.yml']);
  expect(findSuspects(files, undefined)).toEqual(files);
});

test('what is certainly broken is told before what looks odd, and that before what is only new', () => {
  const fresh = { name: 'new.yml', changedMs: 3 };
  const odd = { name: 'odd.yml', changedMs: 2, doubt: 'http.routers is empty' };
  const broken = { name: 'bad.yml', changedMs: 1, mistake: 'line 1: odd' };
  const messageFor = (...suspects: (typeof fresh)[]) => explain({ ...known, suspects }).message;

  expect(messageFor(fresh, odd, broken)).toBe(
    'Traefik takes no change of any file in /t/dynamic because of bad.yml (line 1: odd)',
  );
  expect(messageFor(fresh, odd)).toBe(
    'Traefik does not take /t/dynamic/mcp-manager.yaml, most likely because of odd.yml (http.routers is empty)',
  );
  expect(messageFor(fresh)).toBe(
    'Traefik does not take /t/dynamic/mcp-manager.yaml, most likely because of new.yml',
  );
  expect(messageFor()).toMatch(/may watch another folder/);
});

test('before Traefik took anything a file without a fault is not blamed', () => {
  const suspects = [{ name: 'base.yml', changedMs: 1 }];
  expect(explain({ ...known, hasTaken: false, suspects }).message).toMatch(/another folder/);
});

test('of many files the last changed ones are named', () => {
  const suspects = Array.from({ length: 8 }, (_, at) => ({ name: `f${at}.yml`, changedMs: at }));
  expect(explain({ ...known, suspects }).message).toMatch(
    /because of f7\.yml, f6\.yml, f5\.yml, f4\.yml, f3\.yml, 3 more$/,
  );
});

test.each([
  [{ http: {} }, 'http is empty'],
  [{ http: { routers: null } }, 'http.routers is empty'],
  [{ http: { routers: { a: {} } } }, 'http.routers.a is empty'],
  [{ http: { routers: { a: { rul: 'x' } } } }, 'http.routers.a.rul is no name that Traefik knows'],
  [{ http: { router: { a: {} } } }, 'http.router is no name that Traefik knows'],
  [{ tcp: { routers: { a: { anything: 1 } }, x: 1 } }, 'tcp.x is no name that Traefik knows'],
  [{ http: { Routers: { a: { Rule: 'x', service: 's' } } } }, undefined],
  [{ http: { middlewares: { a: { stripPrefix: { prefixes: ['/'] } } } } }, undefined],
  [{ 'x-mine': {}, tls: { options: { default: {} } } }, undefined],
  [null, undefined],
])('of %j Traefik most likely refuses: %s', (file, doubt) => {
  expect(findDoubt(file)).toBe(doubt);
});
