import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { startProgramIn } from '../../helpers/started-program.ts';
import { servers, startBridge } from './start-bridge.ts';

/** One run of a suite against a bridge before the fixture server. */
interface Run {
  readonly title: string;
  readonly era: 'legacy' | 'modern' | 'both';
  readonly suite: keyof typeof SUITES;
  readonly version: string;
}

/** Passed and failed checks of each scenario. */
type Scores = ReadonlyMap<string, { readonly passed: number; readonly failed: number }>;

const SUITES = {
  release: 'node_modules/conformance-release',
  next: 'node_modules/@modelcontextprotocol/conformance',
} as const;
const RUNS: readonly Run[] = [
  { title: 'release, 2025-11-25', era: 'both', suite: 'release', version: '2025-11-25' },
  { title: 'next, 2025-03-26', era: 'both', suite: 'next', version: '2025-03-26' },
  { title: 'next, 2025-06-18', era: 'both', suite: 'next', version: '2025-06-18' },
  { title: 'next, 2025-11-25', era: 'both', suite: 'next', version: '2025-11-25' },
  { title: 'next, 2026-07-28', era: 'both', suite: 'next', version: '2026-07-28' },
  {
    title: '2025-11-25 before a modern server',
    era: 'modern',
    suite: 'next',
    version: '2025-11-25',
  },
  {
    title: '2026-07-28 before a legacy server',
    era: 'legacy',
    suite: 'next',
    version: '2026-07-28',
  },
];

/** Why a scenario does not apply to a run. */
const ONLY_MODERN =
  'a server of the older era knows no result `input_required`: there is nothing to relay';
const NO_POLLING =
  'the bridge ends no stream before its answer, so there is nothing to poll for (a server need not)';
const EXCEPTIONS: readonly {
  readonly scenario: RegExp;
  readonly run: RegExp;
  readonly why: string;
}[] = [
  {
    scenario: /^input-required-result-(?!unsupported-methods)/,
    run: /before a legacy server$/,
    why: ONLY_MODERN,
  },
  { scenario: /^server-sse-polling$/, run: /./, why: NO_POLLING },
];
/** Scenarios that the suites have, and that no run of ours takes. */
const LEFT_OUT = [
  [
    '`tasks-*`',
    'an extension that is not part of a revision; the bridge relays its methods to modern servers, and the fixture server has no tasks',
  ],
  ['`sep-2640-skills-*`', 'an extension of what servers offer, not of how they are reached'],
  [
    'all of clients and authorization servers',
    'the bridge is neither; what checks instances is a client ([conformance-client.md](conformance-client.md))',
  ],
] as const;
const PAGE = 'docs/conformance.md';

describe('the conformance suites', async () => {
  const results = await Promise.all(RUNS.map(runSuite));

  test.each(RUNS.map(({ title }, at) => [title, at] as const))(
    '%s: everything that applies passes',
    (title, at) => {
      const failed = [...(results[at] ?? [])].filter(([scenario, score]) => {
        return score.failed > 0 && whyNot(scenario, title) === undefined;
      });
      expect(failed).toEqual([]);
      expect(results[at]?.size).toBeGreaterThan(0);
    },
  );

  test('protects from DNS rebinding in both eras', () => {
    for (const at of [0, 3, 4]) {
      expect(results[at]?.get('dns-rebinding-protection')).toEqual({ passed: 2, failed: 0 });
    }
  });

  test(`${PAGE} says what they say (\`vitest -u\` writes it anew)`, async () => {
    await expect(writePage(results)).toMatchFileSnapshot(`${process.cwd()}/${PAGE}`);
  });
});

async function runSuite({ era, suite, version }: Run): Promise<Scores> {
  const bridge = await startBridge({ command: servers.fixture(era), forAll: true });
  const url = `${bridge.url.replace('127.0.0.1', 'localhost')}/mcp`;
  const args = ['--url', url, '--suite', 'all', '--spec-version', version];
  const program = startProgramIn(process.cwd(), {
    command: [process.execPath, `${SUITES[suite]}/dist/index.js`, 'server', ...args],
    environment: { PATH: process.env['PATH'] ?? '' },
  });
  await program.exited;
  return readScores(program.stdout());
}

function readScores(output: string): Scores {
  const lines = output.matchAll(/^[✓✗] ([\w-]+): (\d+) passed, (\d+) failed/gm);
  return new Map(
    [...lines].map(([, name = '', passed, failed]) => [
      name,
      { passed: Number(passed), failed: Number(failed) },
    ]),
  );
}

function whyNot(scenario: string, run: string): string | undefined {
  return EXCEPTIONS.find((entry) => entry.scenario.test(scenario) && entry.run.test(run))?.why;
}

function writePage(results: readonly Scores[]): string {
  const scenarios = [...new Set(results.flatMap((scores) => [...scores.keys()]))];
  const versions = Object.entries(SUITES).map(([name, folder]) => {
    const { version }: { version: string } = JSON.parse(
      readFileSync(`${folder}/package.json`, 'utf8'),
    );
    return `${name} is ${version}`;
  });
  const rows = scenarios.map((scenario) => [
    `\`${scenario}\``,
    ...results.map((scores, at) => cell(scores.get(scenario), scenario, RUNS[at]?.title ?? '')),
  ]);
  return [
    '# Conformance',
    '',
    'What the official suites (`@modelcontextprotocol/conformance`) say of the bridge, before a fixture server on its standard input and',
    `output: passed checks of each scenario. ${versions.join(', ')}. Made by \`test/e2e/bridge/conformance.test.ts\`.`,
    '',
    ...table(['scenario', ...RUNS.map(({ title }) => title)], rows),
    '',
    '- Empty: the suite does not run the scenario for that revision.',
    ...EXCEPTIONS.map(({ why }, at) => `- n/a ${String(at + 1)}: ${why}.`),
    '',
    '## Left out',
    '',
    ...LEFT_OUT.map(([what, why]) => `- ${what}: ${why}.`),
    '',
  ].join('\n');
}

function cell(
  score: { passed: number; failed: number } | undefined,
  scenario: string,
  run: string,
): string {
  if (score === undefined) return '';
  const exception = EXCEPTIONS.findIndex(({ why }) => why === whyNot(scenario, run));
  if (exception !== -1) return `n/a ${String(exception + 1)}`;
  const all = score.passed + score.failed;
  return score.failed === 0 ? String(score.passed) : `${String(score.passed)} of ${String(all)}`;
}

/** As the formatter would leave it. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((title, at) =>
    Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((text, at) => text.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)];
}
