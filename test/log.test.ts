import { expect, test } from 'vitest';
import { createLog, type LogOptions } from '../src/log.ts';

function collect(options: Partial<LogOptions>) {
  const lines: string[] = [];
  const log = createLog({
    level: 'info',
    format: 'json',
    write: (line) => void lines.push(line),
    ...options,
  });
  return { log, lines };
}

test('a JSON line holds level, time, fields and message', () => {
  const { log, lines } = collect({});
  log.info({ service: 'echo' }, 'started');
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0]!)).toEqual({
    level: 'info',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    service: 'echo',
    message: 'started',
  });
});

test('a text line is for people and carries the same facts', () => {
  const { log, lines } = collect({ format: 'text' });
  log.warn({ service: 'echo', cause: 'not there' }, 'failed');
  expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d WARN {2}failed service=echo cause="not there"\n$/);
});

test('an error that nobody foresaw is told with where it happened', () => {
  const { log, lines } = collect({});
  log.error({ error: new TypeError('observe is not a function') }, 'a pass failed');
  expect(JSON.parse(lines[0]!).error).toMatch(
    /^TypeError: observe is not a function\n +at .*log\.test\.ts/,
  );
});

test('a level below the chosen one is not written', () => {
  const { log, lines } = collect({ level: 'warn' });
  log.info({}, 'hidden');
  log.debug({}, 'hidden');
  expect(lines).toEqual([]);
});

test('a field that may hold a secret is taken out, also one level down', () => {
  const { log, lines } = collect({});
  log.info({ token: 'abc-planted', service: { env: { KEY: 'abc-planted' } } }, 'oops');
  expect(lines[0]).not.toContain('abc-planted');
});
