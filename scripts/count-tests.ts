// count-tests REPORT  prints `PASSED FAILED SKIPPED` of a report of Vitest's, then a line for each failed test
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

const MOST_CHARACTERS = 400;

const [path = ''] = process.argv.slice(2);
const report: Report = JSON.parse(readFileSync(path, 'utf8'));
console.log(
  report.numPassedTests,
  report.numFailedTests,
  report.numPendingTests + report.numTodoTests,
);
for (const { name, assertionResults } of report.testResults) {
  for (const { status, fullName, failureMessages } of assertionResults) {
    if (status !== 'failed') continue;
    const why = failureMessages.join(' ').replaceAll(/\s+/g, ' ').slice(0, MOST_CHARACTERS);
    console.log(`${relative(process.cwd(), name)} > ${fullName}: ${why}`);
  }
}
