import { expect, test } from 'vitest';
import { createReportWriter } from '../../src/http/report-text.ts';
import { someStatus } from './fake-control.ts';

const REST = { problems: [], leftAlone: [] };

test('a report is written as JSON writes it, also the second time', () => {
  const write = createReportWriter();
  const report = { ...REST, services: [someStatus('a"\u2028é'), someStatus('b')] };
  for (const text of [write(report), write(report)]) expect(JSON.parse(text)).toEqual(report);
  expect(JSON.parse(write({ ...REST, services: [] }))).toEqual({ ...REST, services: [] });
});

test('a status that took the place of another is written anew', () => {
  const write = createReportWriter();
  write({ ...REST, services: [someStatus('a', { state: 'Running' })] });
  const text = write({ ...REST, services: [someStatus('a', { state: 'Failed' })] });
  expect(text).toContain('"state":"Failed"');
});
