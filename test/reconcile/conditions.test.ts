import { expect, test } from 'vitest';
import type { DeclareRequest } from '../../src/model/declaration.ts';
import { fleet } from '../desired/load-texts.ts';
import { codeOf, open } from './declared-texts.ts';

test.each<[string, Partial<DeclareRequest>, string]>([
  ['there is one', { ifNew: true }, 'PRECONDITION_FAILED'],
  ['it was changed since', { ifMatch: ['e1-other'] }, 'PRECONDITION_FAILED'],
  ['any will do', { ifMatch: 'any' }, 'done'],
])('where %s, a condition is followed', async (_name, condition, code) => {
  const { declare } = open({ 'api/echo.yaml': fleet('  echo: {image: x}\n') });
  expect(await codeOf(declare(condition))).toBe(code);
  expect(await codeOf(declare({ service: 'other', ifMatch: 'any' }))).toBe('PRECONDITION_FAILED');
});

test('a write that is only for who does not have what is written is refused to who has it', async () => {
  const { control, declare } = open();
  await declare();
  const { etag } = await control.declared('echo');
  const change = { kind: 'merge', fields: { port: 1 } } as const;
  expect(await codeOf(declare({ change, ifNoneMatch: ['e1-a', etag] }))).toBe(
    'PRECONDITION_FAILED',
  );
  expect(await codeOf(declare({ change, ifNoneMatch: ['e1-a'] }))).toBe('done');
  expect(await codeOf(declare({ service: 'other', ifNoneMatch: [etag] }))).toBe('done');
});
